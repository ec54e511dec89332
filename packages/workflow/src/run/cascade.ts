import { combine, extendLineage, type Lineage } from './conclusion.ts';
import { type Draft, jobAt, legAt, scopeAt, setJob, setLeg, setScope } from './draft.ts';
import { heldByEnclosing } from './enclosing-groups.ts';
import type { Cancellation, ConcludedLegState, JobFact, NodeIndex, OpenJobState } from './run-state.ts';
import { graphAt, neededJobs, openScope, plannedJob } from './scope.ts';

/** What follows from one change: conclusions flow up and to dependents, cancellations flow down. */

export interface LegResult extends Pick<ConcludedLegState, 'outcome' | 'reason'> {
  outputs?: Record<string, string>;
}

/** Concludes a leg, and whatever that decides: its siblings under fail-fast, its job, its dependents, its run. */
export function concludeLeg(draft: Draft, index: NodeIndex, result: LegResult): void {
  const leg = legAt(draft, index);
  const job = openJobAt(draft, leg.job);
  if (leg.state.kind === 'concluded' || job === undefined) return;
  const { outcome, reason, outputs = {} } = result;
  const conclusion = outcome === 'failure' && leg.plan.continueOnError ? 'success' : outcome;
  setLeg(draft, index, { kind: 'concluded', conclusion, outcome, ...(reason !== undefined && { reason }) });
  setJob(draft, leg.job, {
    ...job,
    remaining: job.remaining - 1,
    underWay: leg.state.kind === 'queued' ? job.underWay : job.underWay - 1,
    conclusion: combine(job.conclusion, conclusion),
    outputs: mergeOutputs(job.outputs, outputs),
  });
  if (conclusion === 'failure' && job.failFast) {
    cancelLegs(draft, leg.job, { force: false, reason: `${leg.plan.name} failed (fail-fast)` });
  }
  admitQueued(draft, leg.job);
  concludeDoneJob(draft, leg.job);
}

/** Concludes a job, counts down what needs it, and concludes the scope with its last job. */
export function concludeJob(
  draft: Draft,
  index: NodeIndex,
  fact: Omit<JobFact, 'lineage'>,
  reason?: string,
): void {
  const job = jobAt(draft, index);
  const lineage = extendLineage(fact.conclusion, lineagesOfNeeds(draft, index));
  setJob(draft, index, {
    kind: 'concluded',
    fact: { ...fact, lineage },
    ...(reason !== undefined && { reason }),
  });
  const { firstJob } = scopeAt(draft, job.scope);
  for (const dependent of plannedJob(draft.plan, draft, index).dependents) {
    countDownNeeds(draft, firstJob + dependent);
  }
  const scope = scopeAt(draft, job.scope);
  if (scope.state.kind !== 'open') return;
  const remaining = scope.state.remaining - 1;
  const conclusion = combine(scope.state.conclusion, fact.conclusion);
  setScope(draft, job.scope, { state: { kind: 'open', remaining, conclusion } });
  if (remaining === 0) concludeScope(draft, job.scope);
}

/** One more need of the job is concluded; with the last one it may be opened, unless the run itself still waits. */
export function countDownNeeds(draft: Draft, index: NodeIndex): void {
  const { scope, state } = jobAt(draft, index);
  if (state.kind !== 'waiting') return;
  const needs = state.needs - 1;
  const opens = needs === 0 && scopeAt(draft, scope).state.kind === 'open';
  setJob(draft, index, opens ? { kind: 'opening' } : { kind: 'waiting', needs });
}

/** The outputs of a concluded call are known: so is the leg that called. */
export function concludeCall(
  draft: Draft,
  index: NodeIndex,
  result: { outputs: Record<string, string>; failure?: string | undefined },
): void {
  const scope = scopeAt(draft, index);
  if (scope.state.kind !== 'closing' || scope.caller === null) return;
  const outcome = result.failure === undefined ? scope.state.conclusion : 'failure';
  setScope(draft, index, { state: { kind: 'concluded', conclusion: outcome } });
  concludeLeg(draft, scope.caller, {
    outcome,
    outputs: result.outputs,
    ...(result.failure !== undefined && { reason: result.failure }),
  });
}

/** Moves legs out of the queue while `max-parallel` has room. */
export function admitQueued(draft: Draft, index: NodeIndex): void {
  for (;;) {
    const job = openJobAt(draft, index);
    if (job === undefined || job.next >= job.legs) return;
    if (job.maxParallel !== null && job.underWay >= job.maxParallel) return;
    const leg = job.firstLeg + job.next;
    const queued = legAt(draft, leg).state.kind === 'queued';
    setJob(draft, index, { ...job, next: job.next + 1, underWay: job.underWay + (queued ? 1 : 0) });
    if (queued) enterLeg(draft, leg);
  }
}

/** A leg that holds all its groups starts: a job becomes ready for a runner, a call opens its scope. */
export function beginLeg(draft: Draft, index: NodeIndex): void {
  const { plan, key } = legAt(draft, index);
  switch (plan.work.kind) {
    case 'job':
      setLeg(draft, index, { kind: 'ready' });
      break;
    case 'call': {
      const opening = { graph: plan.work.callee, caller: index, keyPrefix: `${key}/`, pending: false };
      setLeg(draft, index, { kind: 'calling', scope: openScope(draft, opening) });
      break;
    }
    case 'invalid':
      concludeLeg(draft, index, { outcome: 'failure', reason: plan.work.reason });
      break;
    default:
      plan.work satisfies never;
  }
}

/** Ends a leg: what has not started is concluded at once, what runs is told to stop, a call is cancelled as a whole. */
export function cancelLeg(draft: Draft, index: NodeIndex, cancellation: Cancellation): void {
  const { state } = legAt(draft, index);
  switch (state.kind) {
    case 'queued':
    case 'pending':
    case 'ready':
      concludeLeg(draft, index, { outcome: 'cancelled', reason: cancellation.reason });
      break;
    case 'running':
      setLeg(draft, index, { kind: 'cancelling', cancelled: cancellation });
      break;
    case 'cancelling':
      if (cancellation.force && !state.cancelled.force)
        setLeg(draft, index, { ...state, cancelled: cancellation });
      break;
    case 'calling':
      cancelScope(draft, state.scope, cancellation);
      break;
    case 'concluded':
      break;
    default:
      state satisfies never;
  }
}

/**
 * Cancels a run or a call. Jobs that wait are found out when their needs are concluded: their `if` is evaluated then,
 * so that `always()` jobs still run. Under `force` nothing starts any more, and of a run that was never admitted
 * nothing starts at all.
 */
export function cancelScope(draft: Draft, index: NodeIndex, cancellation: Cancellation): void {
  const scope = scopeAt(draft, index);
  const { length } = graphAt(draft.plan, scope.graph).jobs;
  if (scope.state.kind === 'closing' || scope.state.kind === 'concluded') return;
  const neverBegan = scope.state.kind === 'pending';
  const force = cancellation.force || neverBegan;
  if (scope.cancelled && (scope.cancelled.force || !force)) return;
  setScope(draft, index, {
    cancelled: { ...cancellation, force },
    ...(neverBegan && { state: { kind: 'open', remaining: length, conclusion: 'skipped' } }),
  });
  for (let job = scope.firstJob; job < scope.firstJob + length; job++) {
    const { state } = jobAt(draft, job);
    if (state.kind === 'open' && (force || !state.survivesCancel)) cancelLegs(draft, job, cancellation);
    else if (force && (state.kind === 'waiting' || state.kind === 'opening')) {
      concludeJob(draft, job, { conclusion: 'cancelled', outputs: {} }, cancellation.reason);
    }
  }
}

/**
 * A job's `if` may have been evaluated before its scope was cancelled: then its legs end as they begin.
 * @returns whether it was.
 */
export function cancelStale(draft: Draft, index: NodeIndex): boolean {
  const { cancelled } = scopeAt(draft, jobAt(draft, index).scope);
  if (cancelled === null || (!cancelled.force && openJobAt(draft, index)?.survivesCancel)) return false;
  cancelLegs(draft, index, cancelled);
  return true;
}

/** A leg leaves the queue; without groups to wait for it begins at once. */
function enterLeg(draft: Draft, index: NodeIndex): void {
  setLeg(draft, index, { kind: 'pending' });
  const leg = legAt(draft, index);
  const deadlock = heldByEnclosing(draft, leg);
  if (deadlock !== undefined) concludeLeg(draft, index, { outcome: 'failure', reason: deadlock });
  else if (leg.plan.groups.length === 0) beginLeg(draft, index);
}

/** Closes the queue first, so that the end of one leg doesn't let in the next. */
function cancelLegs(draft: Draft, index: NodeIndex, cancellation: Cancellation): void {
  const job = openJobAt(draft, index);
  if (job === undefined) return;
  setJob(draft, index, { ...job, next: job.legs });
  for (let leg = job.firstLeg; leg < job.firstLeg + job.legs; leg++) cancelLeg(draft, leg, cancellation);
}

function concludeDoneJob(draft: Draft, index: NodeIndex): void {
  const job = openJobAt(draft, index);
  if (job?.remaining !== 0) return;
  concludeJob(draft, index, { conclusion: job.conclusion, outputs: job.outputs });
}

function concludeScope(draft: Draft, index: NodeIndex): void {
  const { caller, cancelled, state } = scopeAt(draft, index);
  if (state.kind !== 'open') return;
  const stopped = cancelled !== null && (caller === null || state.conclusion === 'skipped');
  const conclusion = stopped ? 'cancelled' : state.conclusion;
  setScope(draft, index, { state: { kind: caller === null ? 'concluded' : 'closing', conclusion } });
}

function openJobAt(draft: Draft, index: NodeIndex): OpenJobState | undefined {
  const { state } = jobAt(draft, index);
  return state.kind === 'open' ? state : undefined;
}

/** A need that is not concluded can only be met when a job is cancelled by force. */
function lineagesOfNeeds(draft: Draft, index: NodeIndex): Lineage[] {
  const own = neededJobs(draft.plan, draft, index).map(({ state }) =>
    state.kind === 'concluded' ? state.fact.lineage : 'mixed',
  );
  const foreign = plannedJob(draft.plan, draft, index).foreign.map(
    (position) => draft.foreign[position]?.lineage ?? 'mixed',
  );
  return [...own, ...foreign];
}

/** A later leg's output replaces an earlier one's of the same name, but an empty one replaces nothing. */
function mergeOutputs(before: Record<string, string>, added: Record<string, string>): Record<string, string> {
  const set = Object.entries(added).filter(([, value]) => value !== '');
  return set.length === 0 ? before : { ...before, ...Object.fromEntries(set) };
}
