import { JobStreamDecoder } from '@slipway/contracts/job-stream';
import type { IncomingEvent } from '@slipway/server/controller';
import type { Store } from '@slipway/server/store';
import type { InProcessServer } from '../tests/server/in-process-server.ts';
import { storeKinds } from '../tests/store/stores.ts';
import { touch } from './queue-claims.ts';
import type { Figure, Row } from './row.ts';

const workflow = `on: push
jobs:
  one:
    runs-on: ubuntu-latest
    steps:
      - run: echo hello
`;

/**
 * From a job that is ready to the first line of its step, at a server with a runner in its process: the queue, the claim, a fresh workspace
 * and a shell. Against the least transaction of the same database, measured in turn.
 */
export const readyToLogRow: Row = {
  name: 'ready-to-log',
  async measure({ rounds }) {
    // GitHub's parser imports JSON as plain Node refuses to.
    await import('../tools/json-imports.ts');
    const figures: Figure[] = [];
    for (const { name, unavailable, create } of storeKinds) {
      if (unavailable !== null) continue;
      const kind = await create();
      try {
        figures.push(await measureStore(name, await kind.open(), rounds * 2));
      } finally {
        await kind.close();
      }
    }
    return figures;
  },
};

async function measureStore(name: string, store: Store, jobs: number): Promise<Figure> {
  const [{ createProject }, { inProcessServer }, { pushEvent }] = await Promise.all([
    import('@slipway/server/controller'),
    import('../tests/server/in-process-server.ts'),
    import('../tests/server/test-event.ts'),
  ]);
  await createProject({ store, now: Date.now() }, { name: 'octo/app' });
  const watch = watchLogs();
  const server = inProcessServer(store, { onAppended: watch.onAppended });
  try {
    server.agent();
    const ready: number[] = [];
    const raw: number[] = [];
    for (let index = -2; index < jobs; index += 1) {
      const event = pushEvent({ 'bench.yml': workflow }, { deliveryId: `push-${index}` });
      const readyMs = await readyToLog(server, event, watch);
      if (index < 0) continue;
      ready.push(readyMs);
      const startedAt = performance.now();
      await touch(store);
      raw.push(performance.now() - startedAt);
    }
    const [readyMs, rawMs] = [percentile(ready, 0.95), percentile(raw, 0.5)];
    return {
      name: `ready to first log line, p95, ${name}`,
      detail: `${readyMs.toFixed(0)} ms (median ${percentile(ready, 0.5).toFixed(0)} ms) against a transaction of ${rawMs.toFixed(2)} ms`,
      value: readyMs / rawMs,
      unit: '×',
      // Both halves of the ratio are the machine's: a disk that syncs slowly makes it small. Shown for comparison.
      target: null,
    };
  } finally {
    await server.close();
  }
}

interface LogWatch {
  onAppended(jobId: number, bytes: Uint8Array): void;
  /** Epoch milliseconds of the first line of a job's own step. */
  firstLine(jobId: number): Promise<number>;
}

function watchLogs(): LogWatch {
  const jobs = new Map<
    number,
    { decoder: JobStreamDecoder; main: Set<number>; seen: PromiseWithResolvers<number> }
  >();
  const jobOf = (jobId: number) => {
    const known = jobs.get(jobId);
    if (known !== undefined) return known;
    const job = {
      decoder: new JobStreamDecoder(),
      main: new Set<number>(),
      seen: Promise.withResolvers<number>(),
    };
    jobs.set(jobId, job);
    return job;
  };
  return {
    onAppended(jobId, bytes) {
      const { decoder, main, seen } = jobOf(jobId);
      for (const { event } of decoder.push(bytes)) {
        if (event.kind === 'step.started' && event.phase === 'main') main.add(event.step);
        if (event.kind === 'step.log' && main.has(event.step)) seen.resolve(Date.now());
      }
    },
    firstLine: (jobId) => jobOf(jobId).seen.promise,
  };
}

async function readyToLog(server: InProcessServer, event: IncomingEvent, watch: LogWatch): Promise<number> {
  const acceptance = await server.accept(event);
  const [run] = acceptance.kind === 'accepted' ? acceptance.runs : [];
  if (run === undefined) throw new Error('the event started nothing');
  await server.finished(run.runId);
  const job = await server.store
    .selectFrom('job')
    .select(['id', 'queued_at'])
    .where('run_id', '=', String(run.runId))
    .executeTakeFirstOrThrow();
  return (await watch.firstLine(job.id)) - job.queued_at;
}

function percentile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0;
}
