import type { Job, Workflow } from '@slipway/workflow';
import { plainName } from '@slipway/workflow/plan';
import { assessTrigger, type EventFacts } from '@slipway/workflow/triggers';

export interface WorkflowsOfChange {
  /** Of the branch that the change is to get into. */
  base: readonly Workflow[];
  /** Of the change itself. */
  head: readonly Workflow[];
}

/**
 * Which of these checks need not run on a change: workflows that have them are started by such events, and their path filters, and nothing
 * else, keep every one of them from it. Both the branch and the change must say so: a change cannot excuse itself.
 */
export function unneededChecks(
  contexts: readonly string[],
  { base, head }: WorkflowsOfChange,
  event: EventFacts,
): string[] {
  const isExcused = (workflows: readonly Workflow[], context: string): boolean => {
    const providers = workflows.filter(
      (workflow) => Object.hasOwn(workflow.on, event.name) && hasContext(workflow, context),
    );
    return providers.length > 0 && providers.every((workflow) => isFilteredByPath(workflow, event));
  };
  return contexts.filter((context) => isExcused(base, context) && isExcused(head, context));
}

/** It would start if only it were not known what is changed. */
function isFilteredByPath(workflow: Workflow, event: EventFacts): boolean {
  const { changedFiles, ...whatever } = event;
  if (changedFiles === undefined || assessTrigger(workflow, event).kind === 'match') return false;
  return assessTrigger(workflow, whatever).kind === 'match';
}

function hasContext({ jobs }: Workflow, context: string): boolean {
  return jobs.some((job) => isNamed(job, context));
}

/** As far as the file alone tells it: a name that is computed is nobody's. */
function isNamed(job: Job, context: string): boolean {
  if (job.name?.kind === 'expression') return false;
  const name = plainName(job);
  if (job.kind === 'reusable') return context.startsWith(`${name} / `);
  if (job.strategy?.matrix !== undefined && context.startsWith(`${name} (`)) return true;
  return context === name;
}
