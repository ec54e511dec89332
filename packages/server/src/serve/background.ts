import { expireArtifacts } from '../artifacts/artifact-service.ts';
import { removeStaleUploads } from '../blobs/blob-store.ts';
import type { EventSources } from '../events/event-sources.ts';
import { deliverReports } from '../github/deliver-reports.ts';
import { takeDeliveries } from '../github/deliveries.ts';
import { watchReports } from '../github/report-watch.ts';
import { expireEvents, expireRuns } from '../history/expire-runs.ts';
import { expireSessions } from '../identity/sessions.ts';
import { enforceQuotas } from '../quotas/enforce-quotas.ts';
import { fireSchedules } from '../schedules/fire-schedules.ts';
import { resealSecrets } from '../secrets/secret-keys.ts';
import { type BackgroundWork, startBackgroundWork } from './background-work.ts';
import type { ServerParts } from './server-parts.ts';

/** What a server does without anybody asking. */
export interface Background {
  /** Tells GitHub. */
  reports: BackgroundWork;
  /** Takes in webhooks. */
  deliveries: BackgroundWork;
  close(): Promise<void>;
}

export interface BackgroundOptions {
  sources: EventSources;
  parts: ServerParts;
  /** Between two looks for what has outlived its retention. */
  tidyEveryMs: number;
  onTrouble: (error: unknown) => void;
}

const lookEveryMs = 1_000;
/** It looks at all events of months. */
const forgetEveryMs = 60 * 60_000;
const staleUploadMs = 24 * 60 * 60_000;

export function startBackground({ sources, parts, tidyEveryMs, onTrouble }: BackgroundOptions): Background {
  const watch = watchReports(sources);
  const often = { everyMs: lookEveryMs, onTrouble };
  const reports = startBackgroundWork(async () => {
    await watch.look();
    await deliverReports(sources, onTrouble);
  }, often);
  const deliveries = startBackgroundWork(() => takeDeliveries(sources, onTrouble), often);
  const schedules = startBackgroundWork(() => fireSchedules(sources, onTrouble), often);
  const tidying = startBackgroundWork(() => tidy(parts), { everyMs: tidyEveryMs, onTrouble });
  const forgetting = startBackgroundWork(() => expireEvents({ store: sources.store, now: sources.now() }), {
    everyMs: forgetEveryMs,
    onTrouble,
  });
  return {
    reports,
    deliveries,
    async close() {
      watch.close();
      await Promise.all([reports, deliveries, schedules, tidying, forgetting].map((work) => work.close()));
    },
  };
}

/** Removes what has outlived its retention. */
async function tidy({ store, streams, blobs, sources: { now, secrets } }: ServerParts): Promise<void> {
  while ((await expireRuns({ store, streams, blobs, now: now() })) > 0);
  await expireArtifacts({ store, blobs, now });
  await expireSessions({ store, now: now() });
  await enforceQuotas({ store, streams, blobs, now });
  await removeStaleUploads(blobs, now() - staleUploadMs);
  // What a rotation has left that was killed.
  await resealSecrets({ ...secrets, now: now() });
}
