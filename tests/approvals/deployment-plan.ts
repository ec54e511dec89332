import { DatabaseSync } from 'node:sqlite';
import { setTimeout as delay } from 'node:timers/promises';
import type { StoreUnderTest } from '../store/each-store.ts';

/** What a job does that shows the plan of a deployment. */
export async function addPlan(
  { location, open }: StoreUnderTest,
  { project, runId, planHash }: { project: string; runId: number; planHash: string },
): Promise<void> {
  const row = {
    project,
    environment: 'production',
    release_id: 1,
    run_id: runId,
    haste: 'none',
    plan: '{}',
    plan_hash: planHash,
    requested_by: 'octocat',
    created_at: Date.now(),
  } as const;
  if (location.kind === 'postgres') {
    await (await open()).insertInto('deployment_plan').values(row).execute();
    return;
  }
  // The server is in this process: to wait here for its transaction to end would keep it from that.
  const database = new DatabaseSync(location.file, { timeout: 0 });
  const names = Object.keys(row);
  const insert = database.prepare(
    `insert into deployment_plan (${names.join(', ')}) values (${names.map(() => '?').join(', ')})`,
  );
  for (;;) {
    try {
      insert.run(...Object.values(row));
      break;
    } catch (error) {
      if (!String(error).includes('locked')) throw error;
      await delay(10);
    }
  }
  database.close();
}
