import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { measureWith, startRolloutController } from '@slipway/server/delivery';
import type { Target } from '@slipway/targets';
import { openWorldDelivery, type WorldPlaces } from './world-delivery.ts';

/**
 * A controller in a process of its own, which ends when the deployment has ended, or by SIGKILL at a point that is named. Points are printed
 * as they are reached, a line each.
 */
export interface DriverTask {
  places: WorldPlaces;
  deployment: number;
  /** Null: it is not killed. */
  killAt: string | null;
}

const task = JSON.parse(process.argv[2] ?? '') as DriverTask;
const { places, deployment, killAt } = task;

function reach(point: string): void {
  process.stdout.write(`${point}\n`);
  if (point === killAt) process.kill(process.pid, 'SIGKILL');
}

/** Before an act begins (its intent is written), after it has begun, and when it is known what became of it (and not written). */
function watched(target: Target): Target {
  return {
    ...target,
    async begin(act) {
      reach(`intent ${act.token}`);
      await target.begin(act);
      reach(`begun ${act.token}`);
    },
    async settled(token, timeoutMs) {
      const outcome = await target.settled(token, timeoutMs);
      if (outcome.kind === 'succeeded' || outcome.kind === 'failed') reach(`settled ${token}`);
      return outcome;
    },
  };
}

const delivery = await openWorldDelivery(places, { around: watched });
const { sources } = delivery;
const database = new DatabaseSync(path.join(places.state, 'slipway.db'), { readOnly: true });
const lastEvent = database.prepare(
  'select event from rollout_event where deployment_id = ? order by id desc limit 1',
);
const { notify } = sources.notices;
sources.notices.notify = (topic) => {
  if (topic === `deployment:${deployment}`) {
    const { event } = lastEvent.get(deployment) as { event: string };
    const {
      kind,
      state,
      event: rollout,
    } = JSON.parse(event) as {
      kind: string;
      state: string;
      event: { act?: string } | null;
    };
    reach(`wrote ${kind} ${rollout?.act ?? ''} ${state}`);
  }
  notify(topic);
};
const controller = startRolloutController({
  sources,
  owner: randomUUID(),
  measure: measureWith(sources),
  // The one before was killed: nobody renews it.
  leaseMs: 300,
  tickMs: 100,
  driftEveryMs: 0,
  onTrouble: (error) => process.stderr.write(`${error instanceof Error ? error.stack : error}\n`),
});
for (;;) {
  const row = await sources.store
    .selectFrom('deployment')
    .select('finished_at')
    .where('id', '=', deployment)
    .executeTakeFirstOrThrow();
  if (row.finished_at !== null) break;
  await sources.notices.next(`deployment:${deployment}`, AbortSignal.timeout(100));
}
await controller.close();
await delivery.close();
process.exit(0);
