import { SlipwayError } from '@slipway/contracts/errors';
import { recordAudit } from '../access/audit.ts';
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
 * @param wish.reason shown with the run; default: that the actor cancelled it
 * @throws SlipwayError `unknown-run`, `run-finished`
 */
export async function stopRun(
  { store, now, notices }: Asking,
  wish: { runId: number; how: 'cancel' | 'kill'; actor: string; reason?: string | undefined },
): Promise<void> {
  const { runId, how, actor, reason = `cancelled by ${actor}` } = wish;
  const project = await store.transaction().execute(async (transaction) => {
    const run = await transaction
      .selectFrom('run')
      .select(['project', 'attempt', 'status'])
      .where('id', '=', runId)
      .executeTakeFirst();
    if (run === undefined) throw new SlipwayError('unknown-run');
    const changed = await transaction
      .updateTable('run_attempt')
      .set({ cancel: how, cancel_reason: reason, reason })
      .where(({ and }) => and({ run_id: runId, attempt: run.attempt }))
      .where('status', '!=', 'completed')
      .where(({ or, eb }) => or([eb('cancel', 'is', null), eb('cancel', '!=', 'kill')]))
      .returning('run_id')
      .executeTakeFirst();
    if (changed === undefined && run.status === 'completed') throw new SlipwayError('run-finished');
    if (changed === undefined) return run.project;
    await recordAudit(transaction, {
      at: now,
      actor,
      action: 'run.cancelled',
      project: run.project,
      subject: `run ${runId}`,
      outcome: 'done',
      detail: { how, reason },
    });
    return run.project;
  });
  notices?.notify(`project:${project}`);
}
