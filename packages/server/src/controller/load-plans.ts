import type { EventPlan, RunPlan } from '@slipway/workflow/plan';
import type { RunState } from '@slipway/workflow/run';
import { type RecalledJobs, recallJobs } from '../runs/index.ts';
import type { Store } from '../store/open-store.ts';
import { queueKey } from './queue-runner.ts';

/** A plan with something to drive, as the store has it. */
export interface LoadedPlan {
  id: number;
  eventId: number;
  plan: EventPlan;
  /** By position of their runs in the plan. */
  attempts: LoadedAttempt[];
  /** Undefined: nothing has begun. */
  states: RunState[] | undefined;
  recalled: RecalledJobs | undefined;
  /** Ids in the queue, by `queueKey`. */
  queued: Map<string, number>;
}

export interface LoadedAttempt {
  run: RunPlan;
  priority: number;
  conclusion: string | null;
  /** People were told that it has begun. */
  isStarted: boolean;
  isFollowedUp: boolean;
  /** Those who follow the run are told of its beginning, one thing after the other. */
  telling?: Promise<void>;
  /** Under way, once it has begun. */
  followUp?: Promise<void>;
}

/** The project's plans that are not done and not known yet, the oldest first. On PostgreSQL one with a lower id may appear after one with a higher. */
export async function loadPlans(
  store: Store,
  { project, known }: { project: string; known: ReadonlyMap<number, unknown> },
): Promise<LoadedPlan[]> {
  // As of before the question: a plan that ends in the meantime is not taken for a new one.
  const before = new Set(known.keys());
  const active = await store
    .selectFrom('event_plan')
    .select('id')
    .where('project', '=', project)
    .where('state', '=', 'active')
    .orderBy('id')
    .execute();
  const plans: LoadedPlan[] = [];
  for (const { id } of active.filter((one) => !before.has(one.id))) {
    const { event_id: eventId, plan } = await store
      .selectFrom('event_plan')
      .select(['event_id', 'plan'])
      .where('id', '=', id)
      .executeTakeFirstOrThrow();
    plans.push(await loadPlan(store, { id, eventId, plan: JSON.parse(plan) }));
  }
  return plans;
}

async function loadPlan(
  store: Store,
  { id, eventId, plan }: Pick<LoadedPlan, 'id' | 'eventId' | 'plan'>,
): Promise<LoadedPlan> {
  const rows = await store
    .selectFrom('run_attempt')
    .innerJoin('run', 'run.id', 'run_attempt.run_id')
    .select(['run_attempt.state', 'run_attempt.conclusion', 'run_attempt.followed_up', 'run_attempt.again'])
    .select(['run_attempt.started_at', 'run.priority'])
    .where('run_attempt.plan_id', '=', id)
    .orderBy('run_attempt.position')
    .execute();
  const attempts = rows.map((row, position): LoadedAttempt => {
    const run = plan.runs[position];
    if (run === undefined) throw new Error(`plan ${id} has no run ${position}`);
    const { priority, conclusion, started_at, followed_up } = row;
    return { run, priority, conclusion, isStarted: started_at !== null, isFollowedUp: followed_up === 1 };
  });
  const hasBegun = rows.length > 0 && rows.every(({ state }) => state !== null);
  const [first] = plan.runs;
  const again = rows[0]?.again ?? null;
  return {
    id,
    eventId,
    plan,
    attempts,
    states: hasBegun ? rows.map(({ state }) => JSON.parse(state ?? '') as RunState) : undefined,
    recalled:
      again === null || first === undefined ? undefined : await recall(store, first, JSON.parse(again)),
    queued: hasBegun ? await queuedJobs(store, plan.runs) : new Map(),
  };
}

async function recall(store: Store, { runId, runAttempt }: RunPlan, again: string[]): Promise<RecalledJobs> {
  const before = await store
    .selectFrom('run_attempt')
    .select('state')
    .where('run_id', '=', Number(runId))
    .where('attempt', '=', runAttempt - 1)
    .executeTakeFirstOrThrow();
  return recallJobs(JSON.parse(before.state ?? '{"nodes":[],"foreign":[]}'), new Set(again));
}

async function queuedJobs(store: Store, runs: readonly RunPlan[]): Promise<Map<string, number>> {
  const rows = await store
    .selectFrom('job')
    .select(['id', 'run_id', 'attempt', 'job_key'])
    .where(
      'run_id',
      'in',
      runs.map(({ runId }) => runId),
    )
    .execute();
  return new Map(
    rows.map(({ id, run_id: runId, attempt, job_key: jobKey }) => [queueKey({ runId, attempt, jobKey }), id]),
  );
}
