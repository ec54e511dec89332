/** One line of the table. */
export interface Figure {
  /** What is measured, in the words of the table. */
  name: string;
  /** What was measured against what, with both values. */
  detail: string;
  value: number;
  unit: '×' | 's' | 'MB';
  /** The value must not be above it; null: shown for comparison only. */
  target: number | null;
}

export interface RowContext {
  rounds: number;
  /** `bin/slipway` of this checkout. */
  slipway: string;
  /** Makes a git repository with this workflow in a folder that is removed at the end. */
  repository(name: string, workflow: string): BenchRepository;
}

export interface BenchRepository {
  path: string;
  /** SLIPWAY_HOME of the runs in it. */
  home: string;
}

export interface Row {
  /** For `--rows`. */
  name: string;
  measure(context: RowContext): Promise<Figure[]>;
}
