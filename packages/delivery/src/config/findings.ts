import type { Diagnostic, Position } from '../diagnostic.ts';

export type ConfigCode =
  | 'yaml-syntax'
  | 'empty-file'
  | 'unknown-key'
  | 'unsupported-key'
  | 'missing-key'
  | 'wrong-type'
  | 'invalid-value'
  | 'out-of-range'
  | 'unknown-name'
  | 'circular-requirement'
  | 'hopeless-analysis';

export interface Finding {
  at: Position;
  code: ConfigCode;
  message: string;
  mend: string;
  severity?: 'error' | 'warning';
}

/** Collects what a reader says of one file. */
export interface Findings {
  add(finding: Finding): void;
  /** In the order of their places. */
  list(): Diagnostic[];
  hasErrors(): boolean;
}

export function collectFindings(file: string): Findings {
  const diagnostics: Diagnostic[] = [];
  return {
    add({ at, code, message, mend, severity = 'error' }) {
      diagnostics.push({ file, line: at.line, column: at.column, severity, code, message, mend });
    },
    list: () => diagnostics.toSorted((a, b) => a.line - b.line || a.column - b.column),
    hasErrors: () => diagnostics.some(({ severity }) => severity === 'error'),
  };
}
