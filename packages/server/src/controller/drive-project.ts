import type { RunEvent } from '@slipway/contracts';
import { endsWithin } from '../operation/ends-within.ts';
import { createGroupBoard, type DrivenRuns, driveRuns, resumeHeldGroups } from '../runs/index.ts';
import { attemptKey, type DriveProjectOptions, type Driving } from './driving.ts';
import { createProjectGate } from './environment-gate.ts';
import { followUp, followUpAll, tellBegun } from './follow-up-runs.ts';
import { openJournal } from './journal.ts';
import type { JournalBatch } from './journal-batch.ts';
import { type LoadedAttempt, type LoadedPlan, loadPlans } from './load-plans.ts';
import { giveUpLease } from './project-lease.ts';
import { createQueueRunner } from './queue-runner.ts';

/** The runs of a project, driven by this server for as long as it has the lease. */
export interface DrivenProject {
  /** Takes up what is new in the store: events, reruns, cancellations, what became of jobs. Safe to call at any time. */
  look(): Promise<void>;
  /** Something was heard of a job. */
  hear(jobId: number): void;
  /** Nothing is left to drive. */
  readonly isIdle: boolean;
  /** Writes what is decided, stops driving and gives the lease up; a store that does not answer is not waited for. */
  close(): Promise<void>;
}

const longestFarewellMs = 5_000;

export function driveProject(options: DriveProjectOptions): DrivenProject {
  const driving = createDriving(options, () => void project.look());
  const heard = new Set<number>();
  let looking: Promise<void> | null = null;
  const oneAtATime = (look: () => Promise<void>): Promise<void> => {
    looking = (looking ?? Promise.resolve()).then(look).catch(options.onTrouble);
    return looking;
  };
  let nextLook: Promise<void> | null = null;
  const project: DrivenProject = {
    look() {
      // One that has not begun sees what this one would see.
      nextLook ??= oneAtATime(() => {
        nextLook = null;
        return lookAround(driving);
      });
      return nextLook;
    },
    hear(jobId) {
      if (heard.size === 0) {
        void oneAtATime(async () => {
          const ids = [...heard];
          heard.clear();
          if (!driving.isClosed) await driving.runner.look(ids);
        });
      }
      heard.add(jobId);
    },
    get isIdle() {
      return driving.plans.size === 0;
    },
    async close() {
      // What the store has not taken is decided again.
      await endsWithin(longestFarewellMs, farewell(driving, looking));
      driving.isClosed = true;
      if (await endsWithin(longestFarewellMs, leave(driving))) return;
      options.onTrouble(
        new Error(`the store does not answer: ${options.lease.project} is left to the next server as it is`),
      );
    },
  };
  return project;
}

async function farewell({ journal }: Driving, looking: Promise<void> | null): Promise<void> {
  await looking;
  await journal.flushed();
}

async function leave({ journal, store, lease, onTrouble }: Driving): Promise<void> {
  await journal.close();
  await giveUpLease(store, lease).catch(onTrouble);
}

function createDriving(options: DriveProjectOptions, wake: () => void): Driving {
  const { store, lease, leaseMs, now, assessEntries, onTrouble } = options;
  const attempts = new Map<string, LoadedAttempt>();
  const queued = new Map<string, number>();
  const journal = openJournal({
    store,
    lease,
    leaseMs,
    now,
    onTrouble,
    onWritten: (batch) => notifyOf(options, batch),
    onLeaseLost() {
      driving.isClosed = true;
      void journal.close();
      options.onLeaseLost();
    },
  });
  const runner = createQueueRunner({
    store,
    project: lease.project,
    journal,
    queued,
    attemptOf(runId) {
      const { run, priority } = attempts.get(runId) ?? {};
      return { attempt: run?.runAttempt ?? 1, priority: priority ?? 0 };
    },
  });
  const driving: Driving = {
    ...options,
    journal,
    board: createGroupBoard(),
    gate:
      assessEntries &&
      createProjectGate({ project: lease.project, assess: assessEntries, now, onEntered: wake, onTrouble }),
    runner,
    plans: new Map(),
    attempts,
    queued,
    cancelled: new Map(),
    isClosed: false,
  };
  return driving;
}

function notifyOf({ notices }: DriveProjectOptions, { enqueue, events, stop }: JournalBatch): void {
  if (enqueue.length > 0) notices.notify('queue');
  for (const { place } of stop) if (place.jobId !== undefined) notices.notify(`stop:${place.jobId}`);
  for (const runId of new Set(events.map(({ run }) => run.runId))) notices.notify(`run:${Number(runId)}`);
}

async function lookAround(driving: Driving): Promise<void> {
  if (driving.isClosed) return;
  driving.journal.touch();
  await takeUpPlans(driving);
  await takeUpCancellations(driving);
  await driving.runner.look();
  await driving.gate?.look();
}

async function takeUpPlans(driving: Driving): Promise<void> {
  const { store, lease, board, attempts, queued, plans } = driving;
  const loaded = await loadPlans(store, { project: lease.project, known: plans });
  for (const one of loaded) {
    for (const attempt of one.attempts) attempts.set(attempt.run.runId, attempt);
    for (const [key, jobId] of one.queued) queued.set(key, jobId);
    for (const [position, state] of (one.states ?? []).entries()) {
      const plan = one.plan.runs[position];
      if (plan !== undefined) resumeHeldGroups(board, { plan, state });
    }
  }
  for (const one of loaded) {
    plans.set(one.id, { runs: undefined, loaded: one });
    const isOver = one.attempts.every(({ conclusion }) => conclusion !== null);
    for (const attempt of one.attempts.filter(({ conclusion }) => conclusion === null)) {
      tellBegun(driving, { eventId: one.eventId, attempt, action: 'requested' });
      if (attempt.isStarted) tellBegun(driving, { eventId: one.eventId, attempt, action: 'in_progress' });
    }
    if (isOver) void followUpAll(driving, one);
    else plans.set(one.id, { runs: startPlan(driving, one), loaded: one });
  }
}

/** A plan that can't be driven must not keep the project's other plans from it: its runs fail. */
function startPlan(driving: Driving, loaded: LoadedPlan): DrivenRuns | undefined {
  try {
    const runs = drivePlan(driving, loaded);
    runs.finished
      .catch((error: unknown) => failPlan(driving, loaded, error))
      .then(() => followUpAll(driving, loaded));
    return runs;
  } catch (error) {
    failPlan(driving, loaded, error);
    void followUpAll(driving, loaded);
    return undefined;
  }
}

function failPlan({ journal, now, onTrouble }: Driving, { attempts }: LoadedPlan, error: unknown): void {
  onTrouble(error);
  for (const attempt of attempts.filter(({ conclusion }) => conclusion === null)) {
    attempt.conclusion = 'failure';
    const { runId } = attempt.run;
    const at = now();
    journal.record(attempt.run, { kind: 'run.finished', runId, at, conclusion: 'failure', durationMs: 0 });
  }
}

function drivePlan(driving: Driving, loaded: LoadedPlan): DrivenRuns {
  const { journal, board, gate, runner, now } = driving;
  const { plan, states, recalled } = loaded;
  const byId = new Map(loaded.attempts.map((attempt) => [attempt.run.runId, attempt]));
  const emit = (event: RunEvent): void => {
    const attempt = byId.get(event.runId);
    if (attempt === undefined) return;
    // A run that was concluded before this server took over is told of again.
    if (event.kind === 'run.finished' && attempt.conclusion !== null) return;
    if (event.kind === 'run.finished') attempt.conclusion = event.conclusion;
    if (event.kind === 'run.started') {
      tellBegun(driving, { eventId: loaded.eventId, attempt, action: 'in_progress' });
    }
    journal.record(attempt.run, event);
  };
  for (const [position, { run, isStarted }] of loaded.attempts.entries()) {
    const root = states?.[position]?.nodes[0];
    // A rerun begins with what it knows of other runs, so that for the machine it has begun.
    if (root?.kind === 'scope' && root.state.kind !== 'pending' && !isStarted) {
      emit({ kind: 'run.started', runId: run.runId, at: now() });
    }
  }
  return driveRuns({
    plan,
    runner,
    board,
    emit,
    now,
    // Whoever claims a job is given them.
    secrets: {},
    ...(gate && { gate }),
    maxParallel: Number.POSITIVE_INFINITY,
    adopt: runner.adopt,
    onStateChange: (run, state) => journal.saveState(run, state),
    onSuperseded: (run, why) => journal.supersede(run, why),
    onRunFinished({ runId }) {
      const attempt = byId.get(runId);
      if (attempt !== undefined) void followUp(driving, loaded.eventId, attempt);
    },
    ...(states && { states }),
    ...(recalled && { recalled }),
  });
}

async function takeUpCancellations({ store, plans, cancelled }: Driving): Promise<void> {
  const active = [...plans.keys()];
  if (active.length === 0) return;
  const rows = await store
    .selectFrom('run_attempt')
    .select(['plan_id', 'run_id', 'attempt', 'cancel', 'cancel_reason'])
    .where('plan_id', 'in', active)
    .where('cancel', 'is not', null)
    .where('status', '!=', 'completed')
    .execute();
  for (const { plan_id, run_id, attempt, cancel, cancel_reason } of rows) {
    const key = attemptKey(run_id, attempt);
    if (cancel === null || cancelled.get(key) === cancel) continue;
    cancelled.set(key, cancel);
    const runs = plans.get(plan_id)?.runs;
    runs?.[cancel](cancel_reason ?? 'the run was cancelled', String(run_id));
  }
}
