import type { Store } from '@slipway/server/store';
import { sql } from 'kysely';
import type { Served } from '../tests/server/served.ts';
import { storeKinds, type TestStore } from '../tests/store/stores.ts';
import { median } from './measure.ts';
import { queuedRequest } from './queued-request.ts';
import type { Figure, Row } from './row.ts';

const runs = 100_000;
const asks = 40;
const workflow = `on: workflow_dispatch
jobs:
  one: { runs-on: ubuntu-latest, steps: [{ run: 'true' }] }
`;

/** What a server that has 100,000 finished runs takes to answer, against one that has none, in turn. */
export const fullStoreRow: Row = {
  name: 'full-store',
  async measure() {
    await import('../tools/json-imports.ts');
    const figures: Figure[] = [];
    for (const { name, unavailable, create } of storeKinds) {
      if (unavailable === null) figures.push(...(await measureStores(name, create)));
    }
    return figures;
  },
};

async function measureStores(name: string, create: () => Promise<TestStore>): Promise<Figure[]> {
  const { serveForTest } = await import('../tests/server/served.ts');
  const kinds = [await create(), await create()];
  const servers: Served[] = [];
  try {
    const [empty, full] = kinds as [TestStore, TestStore];
    const store = await full.open();
    await fill(store);
    // As PostgreSQL does by itself, a minute later.
    if (name === 'PostgreSQL') await sql`analyze`.execute(store);
    for (const { location } of [empty, full]) {
      const server = await serveForTest({ labels: [], location });
      servers.push(server);
      const clone = await server.project('octo/app', { '.github/workflows/bench.yml': workflow });
      await clone.git('push', '--quiet', 'origin', 'main');
    }
    const [ofEmpty, ofFull] = servers as [Served, Served];
    const figures: Figure[] = [];
    for (const [what, act] of Object.entries(acts)) {
      const times: [number[], number[]] = [[], []];
      for (let index = -3; index < asks; index += 1) {
        for (const [at, server] of [ofEmpty, ofFull].entries()) {
          const startedAt = performance.now();
          await act(server);
          if (index >= 0) times[at]?.push(performance.now() - startedAt);
        }
      }
      figures.push(figureOf(`${what} of 100,000 runs, ${name}`, median(times[0]), median(times[1])));
    }
    return figures;
  } finally {
    await Promise.all(servers.map((server) => server.close()));
    await Promise.all(kinds.map((kind) => kind.close()));
  }
}

const acts: Record<string, (server: Served) => Promise<void>> = {
  'list of main': async (server) => good(await server.ask('GET', '/runs?project=octo/app&ref=main&limit=30')),
  list: async (server) => good(await server.ask('GET', '/runs?project=octo/app&limit=30')),
  'list by branch': async (server) =>
    good(await server.ask('GET', '/runs?project=octo/app&ref=other&limit=30')),
  dispatch: async (server) =>
    good(await server.ask('POST', '/projects/octo/app/dispatches', { workflow: 'bench.yml' })),
  async claim(server) {
    const runner = { runner: 'bench', labels: ['ubuntu-latest'], waitMs: 5_000 };
    const claimed = await server.server.gateway.claim(runner, new AbortController().signal);
    if (claimed === null) throw new Error('there is no job');
    const { jobId, fence } = claimed;
    await server.server.gateway.heartbeat(jobId, { fence, waitMs: 0, known: null });
    const result = {
      kind: 'job.finished' as const,
      at: Date.now(),
      conclusion: 'success' as const,
      outputs: {},
    };
    await server.server.gateway.finish(jobId, { fence, streamBytes: 0, result });
  },
  metrics: async (server) => {
    await (await fetch(`${server.server.url}/metrics`)).text();
  },
};

function good({ status, body }: { status: number; body: unknown }): void {
  if (status >= 400) throw new Error(JSON.stringify(body));
}

function figureOf(name: string, emptyMs: number, fullMs: number): Figure {
  const detail = `${fullMs.toFixed(1)} ms against ${emptyMs.toFixed(1)} ms of an empty store`;
  return { name, detail, value: fullMs / emptyMs, unit: '×', target: 2 };
}

/** Runs of one job each, as they are left when they are finished. */
async function fill(store: Store): Promise<void> {
  const request = JSON.stringify({ ...queuedRequest('one', 'linux'), pad: 'x'.repeat(1_500) });
  const plan = JSON.stringify({ runs: [], pad: 'x'.repeat(1_500) });
  const result = JSON.stringify({ kind: 'job.finished', at: 0, conclusion: 'success', outputs: {} });
  const now = Date.now();
  const old = sql.raw(`${now} - 1000 * (${runs} - i)`);
  const insert = (head: string, values: ReturnType<typeof sql>) =>
    sql`insert into ${sql.raw(head)} with recursive n(i) as (select 1 union all select i + 1 from n where i < ${sql.raw(String(runs))}) select ${values} from n`.execute(
      store,
    );
  await insert(
    'event (project, delivery_id, name, facts, depth, received_at)',
    sql`'octo/app', 'seed-' || i, 'push', '{}', 0, ${old}`,
  );
  await insert('event_plan (project, event_id, plan, state)', sql`'octo/app', i, ${plan}, 'done'`);
  await insert(
    'run (project, event_id, event, ref, sha, actor, workflow_path, workflow_name, name, number, priority, attempt, status, conclusion, created_at, started_at, finished_at, expires_at)',
    sql`'octo/app', i, 'push', 'refs/heads/main', 'sha', 'octocat', '.github/workflows/seed.yml', 'Seed', 'Seed', i, 0, 1, 'completed', 'success', ${old}, ${old}, ${old}, ${sql.raw(String(now + 1_000_000_000))}`,
  );
  await insert(
    'run_attempt (run_id, attempt, plan_id, position, actor, status, conclusion, state, followed_up, created_at)',
    sql`i, 1, i, 0, 'octocat', 'completed', 'success', ${plan}, 1, ${old}`,
  );
  await insert(
    'run_job (run_id, attempt, job_key, position, job_id, name, needs, queue_id, conclusion)',
    sql`i, 1, 'one', 0, 'one', 'one', '[]', i, 'success'`,
  );
  await insert(
    'job (run_id, attempt, job_key, project, labels, lane, priority, request, state, fence, queued_at, claimed_at, finished_at, result, log_bytes)',
    sql`cast(i as text), 1, 'one', 'octo/app', 'linux', 'octo/app linux', 0, ${request}, 'finished', 1, ${old}, ${old}, ${old}, ${result}, 100`,
  );
}
