import { SlipwayError } from '@slipway/contracts/errors';
import type { Store } from '../store/open-store.ts';
import type { Notices } from './notices.ts';

export interface Asking {
  store: Store;
  /** Epoch milliseconds. */
  now: number;
  /** Of the controller in this process: it does at once what is asked. */
  notices?: Notices;
}

/**
 * Asks for the end of a run; whoever drives it does it, after a crash too. `cancel` as on GitHub: `always()` still runs. `kill` ends everything;
 * it may follow a `cancel`, not the other way round.
 * @throws SlipwayError `unknown-run`, `run-finished`
 */
export async function stopRun(
  { store, notices }: Asking,
  { runId, how, reason }: { runId: number; how: 'cancel' | 'kill'; reason: string },
): Promise<void> {
  const run = await store
    .selectFrom('run')
    .select(['project', 'attempt', 'status'])
    .where('id', '=', runId)
    .executeTakeFirst();
  if (run === undefined) throw new SlipwayError('unknown-run');
  const changed = await store
    .updateTable('run_attempt')
    .set({ cancel: how, cancel_reason: reason, reason })
    .where(({ and }) => and({ run_id: runId, attempt: run.attempt }))
    .where('status', '!=', 'completed')
    .where(({ or, eb }) => or([eb('cancel', 'is', null), eb('cancel', '!=', 'kill')]))
    .returning('run_id')
    .executeTakeFirst();
  if (changed === undefined && run.status === 'completed') throw new SlipwayError('run-finished');
  notices?.notify(`project:${run.project}`);
}
