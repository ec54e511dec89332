import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { createProject } from '@slipway/server/controller';
import type { Store } from '@slipway/server/store';
import { expect, test } from 'vitest';
import { storeKinds } from '../store/stores.ts';
import { type CrashWorld, startCrashWorld } from './crash-world.ts';
import { seededRandom } from './seeded-random.ts';

const jobs = Number(process.env.SLIPWAY_JOBS) || 2_000;
const jobsPerRun = 100;
const projects = ['octo/a', 'octo/b', 'octo/c', 'octo/d'];

/** Jobs without a process of their own: an action of this repository would need one too, `echo` is the least that is real. */
function manyJobs(effects: string): string {
  const parts = Array.from({ length: jobsPerRun }, (_, index) => index);
  return `on: push
jobs:
  one:
    runs-on: linux
    strategy: { fail-fast: false, matrix: { part: [${parts.join(', ')}] } }
    steps:
      - run: echo "$GITHUB_RUN_ID \${{ matrix.part }}" >> ${effects}
`;
}

test(
  `two servers and four runners execute ${jobs} jobs once each, fair over projects, though one server is killed`,
  async (context) => {
    const postgres = storeKinds[1];
    if (postgres.unavailable !== null) context.skip(postgres.unavailable);
    const random = seededRandom('two servers');
    const kind = await postgres.create();
    const store = await kind.open();
    for (const name of projects) await createProject({ store, now: Date.now() }, { name });
    const world = await startCrashWorld({
      ...{ location: kind.location, servers: 2, runners: 4, slots: 2 },
      // No runner dies here; those of the dead server have to wait until another one is in its place.
      runnerLeaseMs: 120_000,
    });
    try {
      await deliverAll(world);
      // All wait before the first is taken: what a project gets from then on is what the queue gives it.
      await atLeast(store, jobs, 'queued');
      world.startRunners();
      await atLeast(store, jobs / 4, 'finished');
      await world.killServer(random.below(2));
      await atLeast(store, jobs / 2, 'finished');
      const done = await doneByProject(store);
      await atLeast(store, jobs, 'finished');
      await allCompleted(store);

      const unhappy = await store
        .selectFrom('run_job')
        .select(['run_id', 'job_key', 'conclusion', 'reason'])
        .where('conclusion', 'is distinct from', 'success')
        .execute();
      expect(unhappy).toEqual([]);
      const effects = world.effects();
      expect(new Set(effects).size).toBe(jobs);
      expect(effects).toHaveLength(jobs);
      const counts = projects.map((project) => done.get(project) ?? 0);
      expect(Math.max(...counts) - Math.min(...counts), JSON.stringify(counts)).toBeLessThanOrEqual(
        jobs / 10,
      );
    } finally {
      await world.close();
      await kind.close();
    }
  },
  900_000 + jobs * 300,
);

async function deliverAll(world: CrashWorld): Promise<void> {
  const files = { 'ci.yml': manyJobs(path.join(world.directory, 'effects')) };
  const count = jobs / jobsPerRun;
  for (let index = 0; index < count; index += 1) {
    // All of one project first: a queue that is not fair would serve it before the others.
    const project = projects[Math.floor((index * projects.length) / count)] ?? '';
    await world.deliver({ project, deliveryId: `push-${index}`, files });
  }
}

async function atLeast(store: Store, wanted: number, state: 'queued' | 'finished'): Promise<void> {
  for (const until = Date.now() + 800_000 + jobs * 250; Date.now() < until; await delay(200)) {
    const { count } = await store
      .selectFrom('job')
      .select(({ fn }) => fn.countAll<number>().as('count'))
      .where('state', '=', state)
      .executeTakeFirstOrThrow();
    if (Number(count) >= wanted) return;
  }
  throw new Error(`fewer than ${wanted} jobs were ${state} in time`);
}

async function doneByProject(store: Store): Promise<Map<string, number>> {
  const rows = await store
    .selectFrom('job')
    .select(({ fn }) => ['project', fn.countAll<number>().as('count')] as const)
    .where('state', '=', 'finished')
    .groupBy('project')
    .execute();
  return new Map(rows.map(({ project, count }) => [project, Number(count)]));
}

async function allCompleted(store: Store): Promise<void> {
  for (;;) {
    const open = await store.selectFrom('run').select('id').where('status', '!=', 'completed').execute();
    if (open.length === 0) return;
    await delay(100);
  }
}
