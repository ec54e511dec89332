import type { Diagnostic, Position } from '../model/diagnostic.ts';
import type { ReaderCode } from './reader-codes.ts';

/** What a reader says of one place; `severity` defaults to error. */
export interface Finding {
  at: Position;
  code: ReaderCode;
  message: string;
  mend: string;
  severity?: 'error' | 'warning';
  /** Keys that a mapping must have and has not. */
  lacks?: KeysOfMapping;
  /** The key that an unknown one was probably meant to be: what lacks it is the same mistake, and not reported. */
  means?: KeysOfMapping;
}

export interface KeysOfMapping {
  /** The mapping, as `placeWords` names it. */
  owner: string;
  keys: string[];
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
  const lacking = new Map<string, KeysOfMapping>();
  const meant = new Set<string>();
  const isMeant = ({ owner, keys }: KeysOfMapping) => keys.some((key) => meant.has(`${owner} ${key}`));
  const reported = () =>
    [...byPlace].flatMap(([key, diagnostic]) => {
      const lacks = lacking.get(key);
      return lacks && isMeant(lacks) ? [] : [diagnostic];
    });
  return {
    add({ at, code, message, mend, severity = 'error', lacks, means }) {
      const key = `${at.line}:${at.column}:${code}:${message}`;
      const { line, column } = at;
      if (!byPlace.has(key)) byPlace.set(key, { file, line, column, severity, code, message, mend });
      if (lacks) lacking.set(key, lacks);
      for (const one of means?.keys ?? []) meant.add(`${means?.owner} ${one}`);
    },
    list: () => reported().sort((a, b) => a.line - b.line || a.column - b.column),
    hasErrors: () => reported().some((diagnostic) => diagnostic.severity === 'error'),
  };
}
