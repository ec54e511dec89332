import { setTimeout as delay } from 'node:timers/promises';
import type { Conclusion } from '@slipway/contracts';
import type { Driving } from './driving.ts';
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
    driving.cancelled.delete(Number(run.runId));
  }
  driving.notices.notify(`project:${driving.lease.project}`);
}

/** What follows one finished run; asked for again, it is the same. */
export function followUp(driving: Driving, eventId: number, attempt: LoadedAttempt): Promise<void> {
  attempt.followUp ??= followUpOnce(driving, eventId, attempt);
  return attempt.followUp;
}

async function followUpOnce(driving: Driving, eventId: number, attempt: LoadedAttempt): Promise<void> {
  if (attempt.isFollowedUp) return;
  const { store, lease, onRunFinished, onTrouble } = driving;
  await driving.journal.flushed();
  const { run } = attempt;
  while (!driving.isClosed) {
    try {
      const conclusion = (attempt.conclusion ?? 'failure') as Conclusion;
      await onRunFinished?.({ project: lease.project, eventId, run, conclusion });
      await store
        .updateTable('run_attempt')
        .set({ followed_up: 1 })
        .where('run_id', '=', Number(run.runId))
        .where('attempt', '=', run.runAttempt)
        .execute();
      return;
    } catch (error) {
      onTrouble(error);
      await delay(followUpPauseMs, undefined, { ref: false });
    }
  }
}
