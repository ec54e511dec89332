import { SlipwayError } from '@slipway/contracts/errors';
import type { EventPlan, RunPlan } from '@slipway/workflow/plan';
import { initialState, type JobFact, type RunState, transition } from '@slipway/workflow/run';
import { recordAudit } from '../access/audit.ts';
import { chooseKeptStep, readKeptCandidates } from '../kept-jobs/choose-kept-step.ts';
import type { Resume } from '../kept-jobs/kept-jobs.ts';
import type { Store } from '../store/open-store.ts';
import { keysToRerun, type RerunWish } from './keys-to-rerun.ts';
import type { Asking } from './stop-run.ts';

/** What of a run is wanted again; `step`: a job is to go on from a step. `job` by key or name; null: the one that is kept. */
export type RunWish = RerunWish | { kind: 'step'; job: string | null; step: string };

/**
 * Begins another attempt of a finished run; what earlier attempts did stays as it was.
 * @returns the attempt's number
 * @throws SlipwayError `unknown-run`, `run-not-finished`, `unknown-job`, `nothing-to-rerun`, and those of `chooseKeptStep`
 */
export async function rerunRun(
  { store, now, notices }: Asking,
  { runId, wish, actor }: { runId: number; wish: RunWish; actor: string },
): Promise<number> {
  const { project, attempt } = await store.transaction().execute(async (transaction) => {
    const last = await readLastAttempt(transaction, runId);
    const resume = await resumeFor(transaction, { runId, attempt: last.plan.runAttempt, wish });
    const whole: RerunWish = wish.kind === 'step' ? { kind: 'job', jobKey: resume?.jobKey ?? '' } : wish;
    const again = keysToRerun(last.plan, last.state, whole);
    if (again?.size === 0) throw new SlipwayError(whole.kind === 'job' ? 'unknown-job' : 'nothing-to-rerun');
    const plan = planAgain(last.plan, actor);
    const { id: planId } = await transaction
      .insertInto('event_plan')
      .values({
        project: last.project,
        event_id: last.eventId,
        plan: JSON.stringify({ runs: [plan] } satisfies EventPlan),
        state: 'active',
      })
      .returning('id')
      .executeTakeFirstOrThrow();
    await transaction
      .insertInto('run_attempt')
      .values({
        run_id: runId,
        attempt: plan.runAttempt,
        plan_id: planId,
        position: 0,
        actor,
        status: 'queued',
        state: plan.foreign.length === 0 ? null : JSON.stringify(withFacts(plan, last.state.foreign)),
        again: again === null ? null : JSON.stringify([...again]),
        resume: resume === null ? null : JSON.stringify(resume),
        followed_up: 0,
        created_at: now,
      })
      .execute();
    await beginAttempt(transaction, runId, { attempt: plan.runAttempt, before: last.plan.runAttempt });
    await recordAudit(transaction, {
      at: now,
      actor,
      action: 'run.rerun',
      project: last.project,
      subject: `run ${runId}`,
      outcome: 'done',
      detail: { wish },
    });
    return { project: last.project, attempt: plan.runAttempt };
  });
  notices?.notify(`project:${project}`);
  return attempt;
}

async function resumeFor(
  store: Store,
  { runId, attempt, wish }: { runId: number; attempt: number; wish: RunWish },
): Promise<Resume | null> {
  if (wish.kind !== 'step') return null;
  return chooseKeptStep(await readKeptCandidates(store, { runId, attempt }), wish);
}

interface LastAttempt {
  project: string;
  eventId: number;
  plan: RunPlan;
  state: RunState;
}

async function readLastAttempt(store: Store, runId: number): Promise<LastAttempt> {
  const row = await store
    .selectFrom('run')
    .innerJoin('run_attempt', (join) =>
      join.onRef('run_attempt.run_id', '=', 'run.id').onRef('run_attempt.attempt', '=', 'run.attempt'),
    )
    .innerJoin('event_plan', 'event_plan.id', 'run_attempt.plan_id')
    .select(['run.project', 'run.event_id', 'run.status'])
    .select(['run_attempt.state', 'run_attempt.position', 'event_plan.plan'])
    .where('run.id', '=', runId)
    .executeTakeFirst();
  if (row === undefined) throw new SlipwayError('unknown-run');
  const plan = (JSON.parse(row.plan) as EventPlan).runs[row.position];
  if (row.status !== 'completed' || row.state === null || plan === undefined) {
    throw new SlipwayError('run-not-finished');
  }
  return { project: row.project, eventId: row.event_id, plan, state: JSON.parse(row.state) };
}

/** The same run, counted on. Jobs of other workflows are known by their facts: nobody drives them with it. */
function planAgain(plan: RunPlan, actor: string): RunPlan {
  const runAttempt = plan.runAttempt + 1;
  const github = { ...plan.contexts.github, run_attempt: String(runAttempt), triggering_actor: actor };
  return {
    ...plan,
    runAttempt,
    contexts: { ...plan.contexts, github },
    foreign: plan.foreign.map((need) => (need.kind === 'sibling' ? { ...need, run: -1 } : need)),
  };
}

function withFacts(plan: RunPlan, facts: readonly (JobFact | null)[]): RunState {
  let state = initialState(plan);
  for (const [foreign, fact] of facts.entries()) {
    if (fact !== null) state = transition(plan, state, { kind: 'need.concluded', foreign, fact }).state;
  }
  return state;
}

/** @throws SlipwayError `run-not-finished`: somebody else was quicker */
async function beginAttempt(
  store: Store,
  runId: number,
  { attempt, before }: { attempt: number; before: number },
): Promise<void> {
  const begun = await store
    .updateTable('run')
    .set({
      attempt,
      status: 'queued',
      conclusion: null,
      started_at: null,
      finished_at: null,
      expires_at: null,
    })
    .where('id', '=', runId)
    .where('attempt', '=', before)
    .where('status', '=', 'completed')
    .returning('id')
    .executeTakeFirst();
  if (begun === undefined) throw new SlipwayError('run-not-finished');
}
