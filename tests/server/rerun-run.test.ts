import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { rerunRun, stopRun } from '@slipway/server/controller';
import { expect, test } from 'vitest';
import { onEachStore } from './on-each-store.ts';

onEachStore('reruns', ({ serve, push }) => {
  const twoOfThree = (fails: string) => `on: push
jobs:
  good:
    runs-on: ubuntu-latest
    outputs: { n: "\${{ steps.n.outputs.n }}" }
    steps:
      - id: n
        run: echo n=$RANDOM$RANDOM >> "$GITHUB_OUTPUT"
  bad:
    needs: good
    runs-on: ubuntu-latest
    strategy: { fail-fast: false, matrix: { part: [1, 2] } }
    steps:
      - run: '[ "\${{ matrix.part }}" = 1 ] || [ ! -e ${fails} ]'
  after:
    needs: [bad]
    runs-on: ubuntu-latest
    steps:
      - run: echo "attempt $GITHUB_RUN_ATTEMPT"
`;

  test('a rerun of a cancelled run can be cancelled while what follows the first attempt is not done yet', async () => {
    const reached = Promise.withResolvers<void>();
    const server = serve({
      onRunFinished: async ({ run }) => (run.runAttempt === 1 ? reached.promise : undefined),
    });
    const jobs = 'a: { runs-on: nobody, steps: [{ run: echo }] }';
    const [runId = 0] = await push(server, { 'ci.yml': `on: push\njobs: { ${jobs} }\n` });
    await server.queued(runId, 'a');
    const { store, notices } = server;
    const asking = { store, notices, now: Date.now() };
    await stopRun(asking, { runId, how: 'cancel', actor: 'octocat' });
    await server.finished(runId);
    await rerunRun(asking, { runId, wish: { kind: 'all' }, actor: 'octocat' });
    await stopRun(asking, { runId, how: 'cancel', actor: 'octocat' });
    expect(await server.finished(runId)).toMatchObject({ conclusion: 'cancelled', attempt: 2 });
    reached.resolve();
  });

  test('a rerun of what failed keeps the rest, and the first attempt stays as it was', async () => {
    const server = serve();
    server.agent();
    const flag = path.join(mkdtempSync(path.join(tmpdir(), 'slipway-flag-')), 'fail');
    writeFileSync(flag, '');
    const [runId = 0] = await push(server, { 'ci.yml': twoOfThree(flag) });
    expect(await server.finished(runId)).toMatchObject({ conclusion: 'failure', attempt: 1 });
    const first = await server.jobs(runId);
    expect(first.map(({ job_key, conclusion }) => [job_key, conclusion])).toEqual([
      ['good', 'success'],
      ['bad(0)', 'success'],
      ['bad(1)', 'failure'],
      ['after', 'skipped'],
    ]);
    rmSync(path.dirname(flag), { recursive: true });
    const { store, notices } = server;
    const asking = { store, notices, now: Date.now() };
    await rerunRun(asking, { runId, wish: { kind: 'failed' }, actor: 'hubot' });
    await expect(rerunRun(asking, { runId, wish: { kind: 'all' }, actor: 'hubot' })).rejects.toMatchObject({
      code: 'run-not-finished',
    });
    expect(await server.finished(runId)).toMatchObject({ conclusion: 'success', attempt: 2 });
    const rerun = await server.jobs(runId);
    expect(rerun.map(({ job_key, conclusion }) => [job_key, conclusion])).toEqual([
      ['good', 'success'],
      ['bad(0)', 'success'],
      ['bad(1)', 'success'],
      ['after', 'success'],
    ]);
    expect(await server.log(runId, 'after')).toContain('attempt 2\n');
    const executed = await store
      .selectFrom('job')
      .select(['job_key', 'attempt'])
      .where('run_id', '=', String(runId))
      .orderBy('id')
      .execute();
    expect(executed.map(({ job_key, attempt }) => `${job_key} ${attempt}`)).toEqual([
      'good 1',
      'bad(0) 1',
      'bad(1) 1',
      'bad(1) 2',
      'after 2',
    ]);
    const kept = await store
      .selectFrom('run_job')
      .select('conclusion')
      .where(({ and }) => and({ run_id: runId, attempt: 1, job_key: 'after' }))
      .executeTakeFirst();
    expect(kept?.conclusion).toBe('skipped');
  });

  test('a rerun knows of the jobs of other workflows what they were', async () => {
    const server = serve();
    server.agent();
    const [, second = 0] = await push(server, {
      'a.yml': `on: push
jobs:
  build:
    runs-on: ubuntu-latest
    outputs: { word: "\${{ steps.say.outputs.word }}" }
    steps: [{ id: say, run: 'echo word=hello >> "$GITHUB_OUTPUT"' }]
`,
      'b.yml': `on: push
jobs:
  use:
    needs: build
    runs-on: ubuntu-latest
    steps: [{ run: 'echo "\${{ needs.build.outputs.word }} \${{ github.run_attempt }}"' }]
`,
    });
    expect(await server.finished(second)).toMatchObject({ conclusion: 'success' });
    const { store, notices } = server;
    await rerunRun(
      { store, notices, now: Date.now() },
      { runId: second, wish: { kind: 'all' }, actor: 'hubot' },
    );
    expect(await server.finished(second)).toMatchObject({ conclusion: 'success', attempt: 2 });
    expect(await server.log(second, 'use')).toContain('hello 2\n');
    const attempts = await store
      .selectFrom('run_attempt')
      .select(['attempt', 'actor', 'started_at', 'conclusion'])
      .where('run_id', '=', second)
      .orderBy('attempt')
      .execute();
    expect(attempts).toEqual([
      { attempt: 1, actor: 'octocat', started_at: expect.any(Number), conclusion: 'success' },
      { attempt: 2, actor: 'hubot', started_at: expect.any(Number), conclusion: 'success' },
    ]);
  });
});
