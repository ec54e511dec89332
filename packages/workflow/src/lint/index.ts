export type { LintFinding } from './apply-rules.ts';
export type { ScriptFinding, Surroundings } from './file/lint-file.ts';
export type { LintScript } from './file/script.ts';
export { type LintOptions, lintAction, lintWorkflow } from './lint-workflow.ts';
export { type OpenLint, openLint } from './open-lint.ts';
export type { Rule } from './rule.ts';
export { rules } from './rules.ts';
export { toSarif } from './sarif.ts';
export { applyEdits, type TextEdit } from './text-edit.ts';
