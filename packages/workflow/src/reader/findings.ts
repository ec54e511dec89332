import type { Diagnostic, Position } from '../model/diagnostic.ts';
import type { ReaderCode } from './reader-codes.ts';

/** What a reader says of one place; `severity` defaults to error. */
export interface Finding {
  at: Position;
  code: ReaderCode;
  message: string;
  mend: string;
  severity?: 'error' | 'warning';
}

/** Collects the findings of one file. */
export interface Findings {
  add(finding: Finding): void;
  /** In the order of their places; the same place and code once. */
  list(): Diagnostic[];
  hasErrors(): boolean;
}

export function collectFindings(file: string): Findings {
  const byPlace = new Map<string, Diagnostic>();
  return {
    add({ at, code, message, mend, severity = 'error' }) {
      const key = `${at.line}:${at.column}:${code}:${message}`;
      const { line, column } = at;
      if (!byPlace.has(key)) byPlace.set(key, { file, line, column, severity, code, message, mend });
    },
    list: () => [...byPlace.values()].sort((a, b) => a.line - b.line || a.column - b.column),
    hasErrors: () => [...byPlace.values()].some((diagnostic) => diagnostic.severity === 'error'),
  };
}
