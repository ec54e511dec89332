import type { Position } from '../model/diagnostic.ts';
import type { LintFile } from './file/lint-file.ts';
import type { TextEdit } from './text-edit.ts';

/** What a rule says of one place. */
export interface RuleFinding {
  at: Position;
  message: string;
  /** Default: the rule's. */
  severity?: 'error' | 'warning';
  /** Default: the rule's. */
  mend?: string;
  /** Safe edits that mend it; applied by `--fix`. */
  fix?: TextEdit[];
}

/** One question that the linter asks of a workflow. */
export interface Rule {
  /** Stable, kebab-case; `slipway-ignore` comments name it. */
  code: string;
  /** An error is what GitHub refuses, what fails when it runs, or what lets outsiders run commands; the rest are warnings. */
  severity: 'error' | 'warning';
  /** Why it matters; one sentence. */
  why: string;
  /** How it is mended in general; one imperative sentence. */
  mend: string;
  /** Whether it judges the steps of composite actions too; default: workflows only. */
  judgesActions?: true;
  check(file: LintFile): Iterable<RuleFinding>;
}
