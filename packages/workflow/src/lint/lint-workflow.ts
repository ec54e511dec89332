import type { Diagnostic } from '../model/diagnostic.ts';
import type { Workflow } from '../model/workflow.ts';
import { assessNeeds } from '../reader/needs.ts';
import { assessReusableWorkflows } from '../reader/reusable/assess-calls.ts';
import { applyRules, type LintFinding } from './apply-rules.ts';
import type { Surroundings } from './file/lint-file.ts';
import { openWorkflowFile } from './file/open-file.ts';

export interface LintOptions extends Surroundings {
  /** As the user knows the file, relative to the repository. */
  path: string;
  content: string;
  /** Codes of rules that are not asked. */
  disabled?: readonly string[];
}

/**
 * Everything that is wrong or risky in a workflow file: what the reader refuses, and what the rules find. Rules are silenced
 * by comments with a reason; the reader's errors are not.
 */
export function lintWorkflow(options: LintOptions): LintFinding[] {
  const { file, diagnostics } = openWorkflowFile(options, options);
  if (!file) return diagnostics;
  const calls = options.called ? assessCalls(file.workflow, options.called) : [];
  const needs = assessNeeds(file.workflow, options.siblings);
  return applyRules(file, { read: [...diagnostics, ...calls, ...needs], disabled: options.disabled ?? [] });
}

/** Of the calls of this file; those of the files it calls are told when they are linted. */
function assessCalls(workflow: Workflow, called: NonNullable<Surroundings['called']>): Diagnostic[] {
  const load = (uses: string, caller: Workflow) => {
    const answer = called(uses, caller);
    return answer === 'missing' ? undefined : (answer ?? 'unknown');
  };
  return assessReusableWorkflows({ workflow, load }).filter(({ file }) => file === workflow.path);
}
