import { setTimeout as delay } from 'node:timers/promises';
import type { Conclusion } from '@slipway/contracts';
import { attemptKey, type BegunRun, type Driving } from './driving.ts';
import type { LoadedAttempt, LoadedPlan } from './load-plans.ts';

const followUpPauseMs = 1_000;

/** A plan is done when everything that follows its runs has been seen to. */
export async function followUpAll(driving: Driving, { id, eventId, attempts }: LoadedPlan): Promise<void> {
  await Promise.all(attempts.map((attempt) => followUp(driving, eventId, attempt)));
  if (driving.isClosed) return;
  driving.journal.finishPlan(id);
  await driving.journal.flushed();
  driving.plans.delete(id);
  for (const { run } of attempts) {
    if (driving.attempts.get(run.runId)?.run === run) driving.attempts.delete(run.runId);
    driving.cancelled.delete(attemptKey(run.runId, run.runAttempt));
  }
  driving.notices.notify(`project:${driving.lease.project}`);
}

/** What follows one finished run; asked for again, it is the same. */
export function followUp(driving: Driving, eventId: number, attempt: LoadedAttempt): Promise<void> {
  attempt.followUp ??= followUpOnce(driving, eventId, attempt);
  return attempt.followUp;
}

/** What follows the beginning of a run: told again after a crash, as long as the run is not over. */
export function tellBegun(
  driving: Driving,
  { eventId, attempt, action }: { eventId: number; attempt: LoadedAttempt; action: BegunRun['action'] },
): void {
  const { lease, onRunBegun } = driving;
  if (onRunBegun === undefined) return;
  const { run } = attempt;
  const tell = () => onRunBegun({ project: lease.project, eventId, run, action });
  attempt.telling = (attempt.telling ?? Promise.resolve()).then(() => untilDone(driving, tell));
}

async function followUpOnce(driving: Driving, eventId: number, attempt: LoadedAttempt): Promise<void> {
  if (attempt.isFollowedUp) return;
  const { store, lease, onRunFinished } = driving;
  await Promise.all([driving.journal.flushed(), attempt.telling]);
  const { run } = attempt;
  await untilDone(driving, async () => {
    const conclusion = (attempt.conclusion ?? 'failure') as Conclusion;
    await onRunFinished?.({ project: lease.project, eventId, run, conclusion });
    await store
      .updateTable('run_attempt')
      .set({ followed_up: 1 })
      .where('run_id', '=', Number(run.runId))
      .where('attempt', '=', run.runAttempt)
      .execute();
  });
}

async function untilDone(driving: Driving, act: () => Promise<void>): Promise<void> {
  while (!driving.isClosed) {
    try {
      await act();
      return;
    } catch (error) {
      driving.onTrouble(error);
      await delay(followUpPauseMs, undefined, { ref: false });
    }
  }
}
