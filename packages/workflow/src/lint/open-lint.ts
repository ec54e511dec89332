import type { Diagnostic } from '../model/diagnostic.ts';
import type { Workflow } from '../model/workflow.ts';
import { assessNeeds } from '../reader/needs.ts';
import { assessReusableWorkflows } from '../reader/reusable/assess-calls.ts';
import { applyRules, type LintFinding } from './apply-rules.ts';
import type { LintFile, Surroundings } from './file/lint-file.ts';
import { type FileText, openFile } from './file/open-file.ts';
import type { LintScript } from './file/script.ts';

export interface JudgeOptions extends Surroundings {
  /** Codes of rules that are not asked. */
  disabled?: readonly string[];
}

/** A file that was read once: what must be found out about it, and then what is to be said of it. */
export interface OpenLint {
  /** Of a workflow that GitHub would accept. */
  workflow: Workflow | undefined;
  /** For shellcheck, whose answer comes back as `scriptFindings`. */
  scripts: readonly LintScript[];
  /** The actions that its steps use, each once. */
  uses: readonly string[];
  /**
   * Everything that is wrong or risky: what the reader refuses, and what the rules find. Rules are silenced by comments
   * with a reason; the reader's errors are not.
   */
  judge(options: JudgeOptions): LintFinding[];
}

/** Of an action, the rules judge the steps that it is composed of. */
export function openLint(kind: 'workflow' | 'action', text: FileText): OpenLint {
  const { file, diagnostics } = openFile(kind, text);
  const isValid = !diagnostics.some(({ severity }) => severity === 'error');
  return {
    workflow: kind === 'workflow' && isValid ? file?.workflow : undefined,
    scripts: file?.scripts ?? [],
    uses: file ? usesOf(file) : [],
    judge({ disabled = [], ...surroundings }) {
      if (!file) return diagnostics;
      const others = file.manifest ? [] : assessOthers(file.workflow, surroundings);
      return applyRules({ ...file, ...surroundings }, { read: [...diagnostics, ...others], disabled });
    },
  };
}

/** What the reader leaves open because it needs other files. */
function assessOthers(workflow: Workflow, { called, siblings }: Surroundings): Diagnostic[] {
  const calls = called ? assessCalls(workflow, called) : [];
  return [...calls, ...assessNeeds(workflow, siblings)];
}

/** Of the calls of this file; those of the files it calls are told when they are linted. */
function assessCalls(workflow: Workflow, called: NonNullable<Surroundings['called']>): Diagnostic[] {
  const load = (uses: string, caller: Workflow) => {
    const answer = called(uses, caller);
    return answer === 'missing' ? undefined : (answer ?? 'unknown');
  };
  return assessReusableWorkflows({ workflow, load }).filter(({ file }) => file === workflow.path);
}

function usesOf({ workflow }: LintFile): string[] {
  const steps = workflow.jobs.flatMap((job) => (job.kind === 'job' ? job.steps : []));
  return [...new Set(steps.flatMap((step) => (step.kind === 'action' ? [step.uses] : [])))];
}
