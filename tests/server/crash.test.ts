import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { JobEvent } from '@slipway/contracts';
import { JobStreamDecoder } from '@slipway/contracts/job-stream';
import { createProject } from '@slipway/server/controller';
import { openJobStreams } from '@slipway/server/runners';
import type { Store } from '@slipway/server/store';
import { describe, expect, test } from 'vitest';
import { storeKinds } from '../store/stores.ts';
import { type CrashWorld, startCrashWorld } from './crash-world.ts';
import { seededRandom } from './seeded-random.ts';

/** Of each store; `npm run soak` asks for more. */
const kills = Number(process.env.SLIPWAY_KILLS) || 55;
const linesPerJob = 20;

/** Every job says in a file of effects that it begins and ends, and prints numbered lines in between. */
function pipeline(directory: string): string {
  const script = `
          echo "$GITHUB_RUN_ID \${{ matrix.part }}$GITHUB_JOB begin" >> ${path.join(directory, 'effects')}
          for n in $(seq ${linesPerJob}); do echo "line $n"; sleep 0.01; done
          echo "$GITHUB_RUN_ID \${{ matrix.part }}$GITHUB_JOB end" >> ${path.join(directory, 'effects')}
`;
  const steps = `    runs-on: linux\n    steps:\n      - run: |${script}`;
  return `on: push
concurrency: { group: "\${{ github.repository }}-\${{ github.run_number }}" }
jobs:
  build:
${steps}  test:
    needs: build
    strategy: { fail-fast: false, matrix: { part: [1, 2] } }
${steps}  again:
    env: { SLIPWAY_RETRY_LOST: true }
${steps}  last:
    needs: [test, again]
    if: always()
${steps}`;
}

describe.each(storeKinds)('kill -9 on $name', ({ name, unavailable, create }) => {
  test(
    `loses no job, runs none twice and keeps every log whole, over ${kills} kills`,
    async (context) => {
      if (unavailable !== null) context.skip(unavailable);
      const random = seededRandom(`kill -9 on ${name}`);
      const kind = await create();
      const store = await kind.open();
      for (const project of ['octo/a', 'octo/b'])
        await createProject({ store, now: Date.now() }, { name: project });
      // Of two servers that share a store one takes over what the other drove.
      const servers = kind.location.kind === 'postgres' ? 2 : 1;
      const world = await startCrashWorld({ location: kind.location, servers, runners: 2, slots: 2 });
      const victims = [
        ...Array.from({ length: servers }, (_, index) => () => world.killServer(index)),
        () => world.killRunner(0),
        () => world.killRunner(1),
      ];
      try {
        world.startRunners();
        const files = { 'ci.yml': pipeline(world.directory) };
        for (let kill = 0; kill < kills; kill += 1) {
          const project = random.pick(['octo/a', 'octo/b']);
          if (kill % 2 === 0) await world.deliver({ project, deliveryId: `push-${kill}`, files });
          await delay(random.below(900));
          await random.pick(victims)();
        }
        await allCompleted(store, Math.ceil(kills / 2));
        await assertRuns(store, world);
      } finally {
        await world.close();
        await kind.close();
      }
    },
    600_000 + kills * 10_000,
  );
});

async function allCompleted(store: Store, expected: number): Promise<void> {
  for (const until = Date.now() + 400_000; Date.now() < until; await delay(250)) {
    const rows = await store.selectFrom('run').select('status').execute();
    if (rows.length === expected && rows.every(({ status }) => status === 'completed')) return;
  }
  const left = await store
    .selectFrom('run')
    .select(['id', 'status'])
    .where('status', '!=', 'completed')
    .execute();
  const jobs = await store
    .selectFrom('job')
    .select(['id', 'run_id', 'job_key', 'state', 'runner', 'fence'])
    .where('state', '!=', 'finished')
    .execute();
  throw new Error(`runs are left: ${JSON.stringify({ left, jobs }, null, 1)}`);
}

async function assertRuns(store: Store, world: CrashWorld): Promise<void> {
  const effects = world.effects();
  const countOf = (line: string): number => effects.filter((one) => one === line).length;
  const runs = await store.selectFrom('run').selectAll().execute();
  for (const run of runs) {
    const jobs = await store
      .selectFrom('run_job')
      .leftJoin('job', 'job.id', 'run_job.queue_id')
      .select(['run_job.job_key', 'run_job.conclusion', 'run_job.reason'])
      .select(['job.id', 'job.fence', 'job.runner', 'job.state'])
      .where('run_job.run_id', '=', run.id)
      .execute();
    const conclusions: Record<string, string | null> = {};
    for (const job of jobs) {
      conclusions[job.job_key] = job.conclusion;
      const effect = `${run.id} ${effectName(job.job_key)}`;
      const [begun, ended] = [countOf(`${effect} begin`), countOf(`${effect} end`)];
      const where = `run ${run.id} ${job.job_key}: ${JSON.stringify(job)}`;
      if (job.conclusion === 'skipped') {
        expect(begun, where).toBe(0);
        continue;
      }
      if (job.job_key !== 'again') expect(begun, where).toBeLessThanOrEqual(1);
      if (job.conclusion === 'success') {
        expect(ended, where).toBeGreaterThanOrEqual(1);
        await assertWholeLog(world, { jobId: job.id ?? 0, fence: job.fence ?? 0 }, where);
      } else {
        expect(job.conclusion, where).toBe('failure');
        expect(job.job_key, where).not.toBe('again');
        const lost = /the runner (\S+) was lost/.exec(job.reason ?? '')?.[1]?.replace(/-\d+$/, '');
        expect([...world.killedRunners], where).toContain(lost);
      }
    }
    expect(conclusions, `run ${run.id}`).toEqual(expectedConclusions(conclusions));
    const hasFailed = Object.values(conclusions).includes('failure');
    expect(run.conclusion, `run ${run.id}`).toBe(hasFailed ? 'failure' : 'success');
  }
}

/** What follows for the other jobs from which were lost. */
function expectedConclusions(given: Record<string, string | null>): Record<string, string | null> {
  const { build = null, again = null, last = null } = given;
  const parts =
    build === 'success'
      ? { 'test(0)': given['test(0)'] ?? null, 'test(1)': given['test(1)'] ?? null }
      : { test: 'skipped' };
  return { build, ...parts, again, last };
}

function effectName(jobKey: string): string {
  const part = /^test\((\d)\)$/.exec(jobKey)?.[1];
  return part === undefined ? jobKey : `${Number(part) + 1}test`;
}

async function assertWholeLog(
  world: CrashWorld,
  stream: { jobId: number; fence: number },
  where: string,
): Promise<void> {
  const streams = openJobStreams(path.join(world.directory, 'streams'));
  const bytes = await streams.read(stream, { offset: 0, maxBytes: 1_000_000 });
  const decoder = new JobStreamDecoder();
  const events = decoder.push(bytes).map(({ event }) => event);
  expect(events.at(-1)?.kind, where).toBe('job.finished');
  const lines = events
    .map(textOf)
    .join('')
    .split('\n')
    .filter((line) => /^line \d+$/.test(line));
  expect(lines, where).toEqual(Array.from({ length: linesPerJob }, (_, index) => `line ${index + 1}`));
}

function textOf(event: JobEvent): string {
  return event.kind === 'step.log' ? Buffer.from(event.bytes).toString() : '';
}
