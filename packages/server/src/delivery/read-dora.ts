import type { DoraAnswer } from '@slipway/contracts/api/delivery';
import { doraFigures, type EndedDeployment } from '@slipway/delivery';
import type { Store } from '../store/open-store.ts';
import type { DeliverySources } from './delivery-sources.ts';
import { knownPlace } from './known-place.ts';
import type { Place } from './rollout-environments.ts';
import type { KeptEvent } from './write-event.ts';

const dayMs = 24 * 60 * 60_000;

/** The figures of an environment over the last days. @throws SlipwayError `unknown-environment` */
export async function readDora(
  sources: DeliverySources,
  { days, ...place }: Place & { days: number },
): Promise<DoraAnswer> {
  const { store } = sources;
  const now = sources.now();
  const { project, environment } = await knownPlace(sources, place);
  const fromMs = now - days * dayMs;
  const rows = await store
    .selectFrom('deployment')
    .innerJoin('release', 'release.id', 'deployment.release_id')
    .select([
      'deployment.id',
      'deployment.haste',
      'deployment.state_kind',
      'deployment.finished_at',
      'release.committed_at',
    ])
    .where('deployment.project', '=', project)
    .where('deployment.environment', '=', environment)
    .where('deployment.finished_at', '>=', fromMs)
    .where('deployment.state_kind', 'in', ['completed', 'rolled-back', 'blocked'])
    .orderBy('deployment.finished_at')
    .execute();
  const failed = rows.filter(({ state_kind }) => state_kind !== 'completed').map(({ id }) => id);
  const failedAt = await whenTheyFailed(store, failed);
  const history = rows.map(
    (row): EndedDeployment => ({
      outcome: row.state_kind as EndedDeployment['outcome'],
      haste: row.haste,
      endedAtMs: row.finished_at ?? now,
      committedAtMs: row.committed_at,
      failedAtMs: failedAt.get(row.id) ?? null,
    }),
  );
  return { environment, days, ...doraFigures(history, { fromMs, untilMs: now + 1 }) };
}

/** The first event after which the way led back. */
async function whenTheyFailed(store: Store, ids: readonly number[]): Promise<Map<number, number>> {
  const failedAt = new Map<number, number>();
  if (ids.length === 0) return failedAt;
  const events = await store
    .selectFrom('rollout_event')
    .select(['deployment_id', 'at', 'event'])
    .where('deployment_id', 'in', [...ids])
    .orderBy('id')
    .execute();
  for (const { deployment_id, at, event } of events) {
    const { state } = JSON.parse(event) as KeptEvent;
    const leadsBack = ['reverting', 'stopping', 'stranded', 'blocked', 'rolled-back'].includes(state);
    if (leadsBack && !failedAt.has(deployment_id)) failedAt.set(deployment_id, at);
  }
  return failedAt;
}
