import type { Value } from '../expressions/value.ts';
import { nestedName, plainName } from '../plan/job-name.ts';
import type { JobSituation } from '../plan/open-job.ts';
import type { RunPlan } from '../plan/run-plan.ts';
import { jobAt, legAt, scopeAt } from './draft.ts';
import type { LegNode, NodeIndex, RunState } from './run-state.ts';
import { plannedJob } from './scope.ts';
import { needsContext, outcomesOfNeeds, statusOf } from './status.ts';

/** What is known of a job that is opening. */
export function situationOf(plan: RunPlan, state: RunState, job: NodeIndex): JobSituation {
  const { scope } = jobAt(state, job);
  const needs = outcomesOfNeeds(plan, state, job);
  return {
    planned: plannedJob(plan, state, job),
    graphs: plan.graphs,
    caller: callerOf(state, scope)?.plan.name,
    contexts: { ...scopeContexts(plan, state, scope), needs: needsContext(needs) },
    status: statusOf(state, job, needs),
    matrixChoice: plan.matrixChoice,
  };
}

/** The contexts that all jobs of a scope share: `github` is the run's, `inputs` those of the call. */
export function scopeContexts(
  plan: RunPlan,
  state: RunState,
  scope: NodeIndex,
): Record<'github' | 'inputs' | 'vars', Record<string, Value>> {
  const work = callerOf(state, scope)?.plan.work;
  return work?.kind === 'call' ? { ...plan.contexts, inputs: work.inputs } : plan.contexts;
}

/** The leg that calls the scope's workflow; undefined for the run's own scope. */
export function callerOf(state: RunState, scope: NodeIndex): LegNode | undefined {
  const { caller } = scopeAt(state, scope);
  return caller === null ? undefined : legAt(state, caller);
}

/** The name of a job that has no legs (yet). */
export function nameOfJob(plan: RunPlan, state: RunState, job: NodeIndex): string {
  const caller = callerOf(state, jobAt(state, job).scope);
  return nestedName(caller?.plan.name, plainName(plannedJob(plan, state, job).job));
}

/** The job's id in its file, with the ids of its callers in front: `deploy/test`. */
export function idOfJob(plan: RunPlan, state: RunState, job: NodeIndex): string {
  const caller = callerOf(state, jobAt(state, job).scope);
  const { id } = plannedJob(plan, state, job).job;
  return caller === undefined ? id : `${idOfJob(plan, state, caller.job)}/${id}`;
}
