import { applyRules, type LintFinding } from './apply-rules.ts';
import { openActionFile } from './file/open-file.ts';
import type { LintOptions } from './lint-workflow.ts';

/** The same for an action's manifest: what the reader refuses, and what the rules say of a composite action's steps. */
export function lintAction(options: LintOptions): LintFinding[] {
  const { file, diagnostics } = openActionFile(options, options);
  return file ? applyRules(file, { read: diagnostics, disabled: options.disabled ?? [] }) : diagnostics;
}
