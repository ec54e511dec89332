import { sql } from 'kysely';
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { WayIn } from '../access/identify.ts';
import { readQuotas, readUsage } from '../quotas/usage.ts';
import type { Store } from '../store/open-store.ts';
import { addDeliveryGauges } from './delivery-metrics.ts';
import type { StorageWatch } from './storage-watch.ts';

/** What Prometheus is told. */
export interface Metrics {
  registry: Registry;
  request(request: { method: string; route: string; status: number; durationMs: number }): void;
  webhook(outcome: 'accepted' | 'duplicate' | 'ignored' | 'unsigned' | 'refused'): void;
  /** Somebody showed who it is; of tokens only what was wrong with them. */
  authentication(how: WayIn, outcome: 'done' | 'refused' | 'limited'): void;
  /** A job ended: reads how long it waited and ran. */
  jobEnded(jobId: number): Promise<void>;
  /** A run ended: reads how long it took. */
  runEnded(runId: number): Promise<void>;
}

const seconds = [0.1, 0.5, 1, 2, 5, 10, 30, 60, 120, 300, 600, 1800, 3600, 7200, 21600];

export function createMetrics({
  store,
  now,
  storage,
}: {
  store: Store;
  now: () => number;
  storage: StorageWatch;
}): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  addGauges(registry, { store, now, storage });
  const registers = [registry];
  const http = new Histogram({
    name: 'slipway_http_request_duration_seconds',
    help: 'HTTP requests by route, method and status.',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
    registers,
  });
  const webhooks = new Counter({
    name: 'slipway_webhook_deliveries_total',
    help: 'Webhook deliveries by what became of them.',
    labelNames: ['outcome'],
    registers,
  });
  const authentications = new Counter({
    name: 'slipway_authentications_total',
    help: 'Sign-ins by way and outcome, and tokens that were refused.',
    labelNames: ['how', 'outcome'],
    registers,
  });
  const ran = new Histogram({
    name: 'slipway_job_duration_seconds',
    help: 'How long jobs ran, from claim to end, by conclusion.',
    labelNames: ['conclusion'],
    buckets: seconds,
    registers,
  });
  const waited = new Histogram({
    name: 'slipway_job_queue_seconds',
    help: 'How long jobs waited for a runner.',
    buckets: seconds,
    registers,
  });
  const runs = new Histogram({
    name: 'slipway_run_duration_seconds',
    help: 'How long runs took, from when they were made to their end, by conclusion.',
    labelNames: ['conclusion'],
    buckets: seconds,
    registers,
  });
  addDeliveryGauges(registry, store);
  return {
    registry,
    request: ({ method, route, status, durationMs }) =>
      http.observe({ method, route, status }, durationMs / 1000),
    webhook: (outcome) => webhooks.inc({ outcome }),
    authentication: (how, outcome) => authentications.inc({ how, outcome }),
    async jobEnded(jobId) {
      const job = await store
        .selectFrom('job')
        .select(['queued_at', 'claimed_at', 'finished_at', 'result'])
        .where('id', '=', jobId)
        .where('state', '=', 'finished')
        .executeTakeFirst();
      if (job?.claimed_at == null || job.finished_at === null) return;
      const { conclusion } = JSON.parse(job.result ?? '{}') as { conclusion?: string };
      waited.observe((job.claimed_at - job.queued_at) / 1000);
      ran.observe({ conclusion: conclusion ?? 'failure' }, (job.finished_at - job.claimed_at) / 1000);
    },
    async runEnded(runId) {
      const run = await store
        .selectFrom('run_attempt')
        .select(['created_at', 'finished_at', 'conclusion'])
        .where('run_id', '=', runId)
        .orderBy('attempt', 'desc')
        .limit(1)
        .executeTakeFirst();
      if (run?.finished_at == null || run.conclusion === null) return;
      const tookMs = Number(run.finished_at) - Number(run.created_at);
      runs.observe({ conclusion: run.conclusion }, tookMs / 1000);
    },
  };
}

/** Sums of all that there is are not made anew each time that somebody asks. */
const storageEveryMs = 60_000;

/** Read when somebody asks, so that every server says the same of the store that they share. */
function addGauges(
  registry: Registry,
  { store, now, storage }: { store: Store; now: () => number; storage: StorageWatch },
): void {
  const registers = [registry];
  new Gauge({
    name: 'slipway_jobs',
    help: 'Jobs in the queue (queued) and at runners (claimed), by the labels that they want.',
    labelNames: ['state', 'labels'],
    registers,
    async collect() {
      const rows = await store
        .selectFrom('job')
        .select(['state', 'labels', ({ fn }) => fn.countAll<number>().as('count')])
        .where('state', 'in', ['queued', 'claimed'])
        .groupBy(['state', 'labels'])
        .execute();
      this.reset();
      this.set({ state: 'queued', labels: '' }, 0);
      for (const { state, labels, count } of rows) this.set({ state, labels }, Number(count));
    },
  });
  new Gauge({
    name: 'slipway_queue_oldest_seconds',
    help: 'How long the job that waits longest has been waiting.',
    registers,
    async collect() {
      const row = await store
        .selectFrom('job')
        .select(({ fn }) => fn.min('queued_at').as('since'))
        .where('state', '=', 'queued')
        .executeTakeFirst();
      this.set(row?.since == null ? 0 : Math.max(0, now() - Number(row.since)) / 1000);
    },
  });
  new Gauge({
    name: 'slipway_runners',
    help: 'Runners heard of in the last two minutes, and those among them that work.',
    labelNames: ['state'],
    registers,
    async collect() {
      const there = await store
        .selectFrom('runner')
        .select(({ fn }) => fn.countAll<number>().as('count'))
        .where('seen_at', '>', now() - 2 * 60_000)
        .executeTakeFirst();
      const busy = await store
        .selectFrom('job')
        .select(sql<number>`count(distinct runner)`.as('count'))
        .where('state', '=', 'claimed')
        .executeTakeFirst();
      this.set({ state: 'there' }, Number(there?.count ?? 0));
      this.set({ state: 'busy' }, Number(busy?.count ?? 0));
    },
  });
  for (const [name, help, read] of [
    ['slipway_project_storage_bytes', 'What projects have at the server.', readUsage],
    ['slipway_project_quota_bytes', 'What projects may have at the server.', readQuotas],
  ] as const) {
    let readAt = Number.NEGATIVE_INFINITY;
    new Gauge({
      name,
      help,
      labelNames: ['project', 'kind'],
      registers,
      async collect() {
        if (now() - readAt < storageEveryMs) return;
        readAt = now();
        this.reset();
        for (const [project, kinds] of await read(store)) {
          for (const [kind, bytes] of Object.entries(kinds)) this.set({ project, kind }, bytes);
        }
      },
    });
  }
  new Gauge({
    name: 'slipway_storage_free_bytes',
    help: 'Room on the disk of the data folder.',
    registers,
    collect() {
      this.set(storage.state.freeBytes);
    },
  });
  new Gauge({
    name: 'slipway_storage_full',
    help: '1 while no work is accepted because the disk is full.',
    registers,
    collect() {
      this.set(storage.state.kind === 'full' ? 1 : 0);
    },
  });
}
