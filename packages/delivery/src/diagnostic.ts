/** A place in a file; line and column are one-based, as editors count. */
export interface Position {
  line: number;
  column: number;
}

/** One finding about an input file. The same shape as in `@slipway/workflow`, which this package may not import. */
export interface Diagnostic {
  /** Path as the user knows it, relative to the repository. */
  file: string;
  line: number;
  column: number;
  severity: 'error' | 'warning';
  /** Stable kebab-case identifier, e.g. `unknown-key`; never derived from the message. */
  code: string;
  message: string;
  /** What the author can do to mend it; one imperative sentence. */
  mend: string;
}

/** What a reader returns: `value` is undefined only if the diagnostics contain an error. */
export interface Read<T> {
  value: T | undefined;
  diagnostics: Diagnostic[];
}
