import { SlipwayError } from '@slipway/contracts/errors';
import type { EventPlan, RunPlan } from '@slipway/workflow/plan';
import { type RunState, scopeAt } from '@slipway/workflow/run';
import type { Store } from '../store/open-store.ts';

/** A job that does not run yet, and why, for people. */
export interface WaitingJob {
  jobKey: string;
  reason: string;
}

interface Clock {
  store: Store;
  now: number;
}

/** A runner without a job that has not asked for one for longer is not counted on. */
const runnerIsThereMs = 2 * 60_000;

/**
 * Why each job of a run that neither runs nor is concluded does not run.
 * @throws SlipwayError `unknown-run`
 */
export async function whyWaiting(clock: Clock, runId: number): Promise<WaitingJob[]> {
  const { store } = clock;
  const row = await store
    .selectFrom('run')
    .innerJoin('run_attempt', (join) =>
      join.onRef('run_attempt.run_id', '=', 'run.id').onRef('run_attempt.attempt', '=', 'run.attempt'),
    )
    .innerJoin('event_plan', 'event_plan.id', 'run_attempt.plan_id')
    .select(['run.project', 'run.attempt', 'run.status'])
    .select(['run_attempt.state', 'run_attempt.position', 'event_plan.plan'])
    .where('run.id', '=', runId)
    .executeTakeFirst();
  if (row === undefined) throw new SlipwayError('unknown-run');
  if (row.status === 'completed') return [];
  const plan = (JSON.parse(row.plan) as EventPlan).runs[row.position];
  if (plan === undefined) return [];
  if (row.state === null) return allWait(plan, 'no server has taken the run up yet');
  const state = JSON.parse(row.state) as RunState;
  if (scopeAt(state, 0).state.kind === 'pending') {
    return allWait(plan, await whoHolds(store, { project: row.project, plan }));
  }
  const told = await toldReasons(store, runId, row.attempt);
  const waiting = waitingNodes(plan, state).map(({ jobKey, reason }) => ({
    jobKey,
    reason: told.get(jobKey) ?? reason,
  }));
  return [...waiting, ...(await whyQueued(clock, { runId, attempt: row.attempt }))];
}

function allWait(plan: RunPlan, reason: string): WaitingJob[] {
  return (plan.graphs[0]?.jobs ?? []).map(({ job }) => ({ jobKey: job.id, reason }));
}

async function whoHolds(
  store: Store,
  { project, plan }: { project: string; plan: RunPlan },
): Promise<string> {
  const wanted = new Set(plan.groups.map(({ group }) => group.toLowerCase()));
  const names = plan.groups.map(({ group }) => `'${group}'`).join(', ');
  const others = await store
    .selectFrom('event_plan')
    .innerJoin('run_attempt', 'run_attempt.plan_id', 'event_plan.id')
    .innerJoin('run', 'run.id', 'run_attempt.run_id')
    .select(['run.id', 'run.number', 'run.workflow_name', 'run_attempt.position', 'event_plan.plan'])
    .where('event_plan.project', '=', project)
    .where('event_plan.state', '=', 'active')
    .where('run_attempt.status', '=', 'in_progress')
    .execute();
  const holder = others.find(({ id, plan: text, position }) => {
    const other = (JSON.parse(text) as EventPlan).runs[position];
    return String(id) !== plan.runId && other?.groups.some(({ group }) => wanted.has(group.toLowerCase()));
  });
  const by = holder === undefined ? '' : `, which ${holder.workflow_name} #${holder.number} holds`;
  return `the run waits for the concurrency group ${names}${by}`;
}

/** By job key: what keeps it, as far as the machine knows; for those in the queue a runner. */
function waitingNodes(plan: RunPlan, state: RunState): WaitingJob[] {
  const waiting: WaitingJob[] = [];
  for (const node of state.nodes) {
    if (node.kind === 'job' && node.state.kind === 'waiting') {
      waiting.push({ jobKey: node.key, reason: `it needs ${missingNeeds(plan, state, node).join(', ')}` });
    }
    if (node.kind !== 'leg') continue;
    const groups = node.plan.groups.map(({ group }) => `'${group}'`).join(', ');
    if (node.state.kind === 'queued') {
      waiting.push({ jobKey: node.key, reason: 'as many legs of this job run as max-parallel allows' });
    } else if (node.state.kind === 'ready' && node.plan.work.kind === 'job' && node.plan.work.environment) {
      // Told already, or about to be.
      waiting.push({ jobKey: node.key, reason: `it asks to enter ${node.plan.work.environment}` });
    } else if (node.state.kind === 'pending') {
      waiting.push({ jobKey: node.key, reason: `it waits for the concurrency group ${groups}` });
    }
  }
  return waiting;
}

function missingNeeds(
  plan: RunPlan,
  state: RunState,
  { scope, position }: { scope: number; position: number },
): string[] {
  const { graph, firstJob } = scopeAt(state, scope);
  const job = plan.graphs[graph]?.jobs[position];
  const own = (job?.needs ?? []).flatMap((need) => {
    const node = state.nodes[firstJob + need];
    return node?.kind === 'job' && node.state.kind !== 'concluded' ? [node.key] : [];
  });
  const foreign = (job?.foreign ?? []).flatMap((need) => {
    const id = plan.foreign[need]?.id;
    return state.foreign[need] === null && id !== undefined ? [id] : [];
  });
  return [...own, ...foreign];
}

/** What the driver told when it began to wait, e.g. who holds its group. */
async function toldReasons(store: Store, runId: number, attempt: number): Promise<Map<string, string>> {
  const rows = await store
    .selectFrom('run_job')
    .select(['job_key', 'waiting'])
    .where(({ and }) => and({ run_id: runId, attempt }))
    .where('waiting', 'is not', null)
    .execute();
  return new Map(rows.map(({ job_key, waiting }) => [job_key, waiting ?? '']));
}

async function whyQueued(
  { store, now }: Clock,
  { runId, attempt }: { runId: number; attempt: number },
): Promise<WaitingJob[]> {
  const queued = await store
    .selectFrom('job')
    .select(['job_key', 'labels', 'priority', 'queued_at'])
    .where(({ and }) => and({ run_id: String(runId), attempt, state: 'queued' }))
    .orderBy('id')
    .execute();
  if (queued.length === 0) return [];
  const known = await store.selectFrom('runner').select(['name', 'labels', 'seen_at']).execute();
  const busy = await store.selectFrom('job').select('runner').where('state', '=', 'claimed').execute();
  const isBusy = new Set(busy.map(({ runner }) => runner));
  const runners = known.filter(({ name, seen_at }) => seen_at > now - runnerIsThereMs || isBusy.has(name));
  return queued.map(({ job_key: jobKey, labels }) => {
    const wanted = labels.split(',');
    const serving = runners.filter((runner) => {
      const own = new Set(runner.labels.split(','));
      return wanted.every((label) => own.has(label));
    });
    if (serving.length === 0) return { jobKey, reason: noneServes(wanted, runners.length) };
    const free = serving.filter(({ name }) => !isBusy.has(name)).length;
    const which = `of the runners with ${wanted.join(', ')}, `;
    if (free === 0) return { jobKey, reason: `${which}all ${serving.length} are busy` };
    return { jobKey, reason: `${which}${free} of ${serving.length} are free: it is about to be taken` };
  });
}

function noneServes(labels: string[], runners: number): string {
  const there = runners === 1 ? '1 runner is there' : `${runners} runners are there`;
  return `no runner has the labels ${labels.join(', ')} (${there})`;
}
