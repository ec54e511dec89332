import type { StatusFunctions, Value } from '../expressions/value.ts';
import type { RunPlan } from '../plan/run-plan.ts';
import { jobAt, scopeAt } from './draft.ts';
import type { JobFact, NodeIndex, RunState } from './run-state.ts';
import { neededJobs, plannedJob } from './scope.ts';

/** A need of a job, with what became of it. */
export interface NeedOutcome {
  id: string;
  fact: JobFact;
}

/**
 * What a job's needs came to, in the order in which it names them, those of sibling runs last.
 * @throws if one of them is not concluded: a caller's bug.
 */
export function outcomesOfNeeds(plan: RunPlan, state: RunState, job: NodeIndex): NeedOutcome[] {
  const own = neededJobs(plan, state, job).map((need): NeedOutcome => {
    if (need.state.kind !== 'concluded') throw new TypeError(`Job ${need.key} is not concluded.`);
    return {
      id: plannedJob(plan, state, scopeAt(state, need.scope).firstJob + need.position).job.id,
      fact: need.state.fact,
    };
  });
  const foreign = plannedJob(plan, state, job).foreign.map((position): NeedOutcome => {
    const fact = state.foreign[position];
    const id = plan.foreign[position]?.id;
    if (!fact || id === undefined) throw new TypeError(`Need ${position} of a sibling run is not concluded.`);
    return { id, fact };
  });
  return [...own, ...foreign];
}

/** The `needs` context. */
export function needsContext(needs: NeedOutcome[]): { [key: string]: Value } {
  return Object.fromEntries(
    needs.map(({ id, fact }) => [id, { result: fact.conclusion, outputs: fact.outputs }]),
  );
}

/**
 * What the status functions say in a job's `if`. `success()` looks at all ancestors; in a cancelled run neither
 * `success()` nor `failure()` holds, but in a call that survived the cancellation they speak of the call's own jobs.
 * @see https://docs.github.com/en/actions/reference/workflows-and-actions/expressions#status-check-functions
 */
export function statusOf(state: RunState, job: NodeIndex, needs: NeedOutcome[]): StatusFunctions {
  const stopped = scopeAt(state, jobAt(state, job).scope).cancelled !== null;
  return {
    success: !stopped && needs.every(({ fact }) => fact.lineage === 'succeeded'),
    failure: !stopped && needs.some(({ fact }) => fact.lineage === 'failed'),
    cancelled: stopped || scopeAt(state, 0).cancelled !== null,
  };
}

/** The `jobs` context of a called workflow's outputs. */
export function jobsContext(plan: RunPlan, state: RunState, scope: NodeIndex): { [key: string]: Value } {
  const { firstJob, graph } = scopeAt(state, scope);
  const jobs = plan.graphs[graph]?.jobs ?? [];
  return Object.fromEntries(
    jobs.map(({ job }, position) => {
      const { state: jobState } = jobAt(state, firstJob + position);
      const fact = jobState.kind === 'concluded' ? jobState.fact : undefined;
      return [job.id, { result: fact?.conclusion ?? '', outputs: fact?.outputs ?? {} }];
    }),
  );
}
