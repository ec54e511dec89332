import type { LintFinding } from './apply-rules.ts';
import { type JudgeOptions, openLint } from './open-lint.ts';

export interface LintOptions extends JudgeOptions {
  /** As the user knows the file, relative to the repository. */
  path: string;
  content: string;
}

/** Everything that is wrong or risky in a workflow file. */
export function lintWorkflow({ path, content, ...judged }: LintOptions): LintFinding[] {
  return openLint('workflow', { path, content }).judge(judged);
}

/** The same for an action's manifest. */
export function lintAction({ path, content, ...judged }: LintOptions): LintFinding[] {
  return openLint('action', { path, content }).judge(judged);
}
