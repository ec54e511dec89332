export type { ScriptFinding, Surroundings } from './file/lint-file.ts';
export type { LintScript } from './file/script.ts';
export { type LintFinding, type LintOptions, lintWorkflow, listLintScripts } from './lint-workflow.ts';
export type { Rule } from './rule.ts';
export { rules } from './rules.ts';
export { toSarif } from './sarif.ts';
export { applyEdits, type TextEdit } from './text-edit.ts';
