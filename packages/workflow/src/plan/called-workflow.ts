import type { Diagnostic } from '../model/diagnostic.ts';
import type { ReusableJob, Workflow } from '../model/workflow.ts';

/** How deep workflows may call each other, as on GitHub: the workflow of the run and nine levels of called ones. */
export const maxCallDepth = 9;

/**
 * Finds a called workflow by a job's `uses`, which `qualifyUses` makes independent of the caller; undefined if there
 * is none.
 */
export type LoadWorkflow = (uses: string, caller: Workflow) => Workflow | undefined;

/**
 * The full reference of a called workflow. `./` in a remote workflow means that workflow's own repository and ref.
 * @see actions/runner, src/Sdk/WorkflowParser/Conversion/ReusableWorkflowsLoader.cs (FullyQualifyWorkflowRef)
 */
export function qualifyUses(uses: string, callerPath: string): string {
  const [, repository, ref] = /^([^/@]+\/[^/@]+)\/[^@]+@(.+)$/.exec(callerPath) ?? [];
  if (!uses.startsWith('./') || repository === undefined) return uses;
  return `${repository}/${uses.slice('./'.length)}@${ref}`;
}

/** The full references that a workflow's jobs call, each once: what must be at hand before a run is planned. */
export function callsOf(workflow: Workflow): string[] {
  const calls = workflow.jobs.filter((job) => job.kind === 'reusable');
  return [...new Set(calls.map(({ uses }) => qualifyUses(uses, workflow.path)))];
}

export function unknownWorkflow(caller: Workflow, job: ReusableJob): Diagnostic {
  return atUses(caller, job, {
    code: 'unknown-workflow',
    message: `Job '${job.id}' calls '${job.uses}', which was not found.`,
    mend: 'Check the path, and the ref of a workflow of another repository.',
  });
}

export function notCallable(caller: Workflow, job: ReusableJob): Diagnostic {
  return atUses(caller, job, {
    code: 'workflow-not-callable',
    message: `Job '${job.id}' calls '${job.uses}', which has no workflow_call trigger.`,
    mend: 'Add workflow_call to its on:.',
  });
}

export function callLoop(caller: Workflow, job: ReusableJob, trail: string[]): Diagnostic {
  return atUses(caller, job, {
    code: 'call-loop',
    message: `Job '${job.id}' calls '${job.uses}', which is being called already: ${trail.join(' → ')}.`,
    mend: 'Take one of these calls out: a workflow can not call itself.',
  });
}

export function tooDeep(caller: Workflow, job: ReusableJob): Diagnostic {
  return atUses(caller, job, {
    code: 'call-depth',
    message: `Job '${job.id}' calls '${job.uses}' more than ${maxCallDepth} levels deep.`,
    mend: 'Call it from a workflow nearer to the top.',
  });
}

function atUses(
  { path: file }: Workflow,
  { usesAt }: ReusableJob,
  finding: Pick<Diagnostic, 'code' | 'message' | 'mend'>,
): Diagnostic {
  return { file, ...usesAt, severity: 'error', ...finding };
}
