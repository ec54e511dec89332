import { tmpdir } from 'node:os';
import { acceptEvent, equipRequest, stopRun, whyWaiting } from '@slipway/server/controller';
import { expect, test } from 'vitest';
import { onEachStore } from './on-each-store.ts';
import { pushEvent } from './test-event.ts';

onEachStore('runs', (world) => {
  const { serve, push } = world;

  test('an event is planned, its jobs run in the order of their needs, and the run is concluded', async () => {
    const server = serve();
    server.agent();
    const [runId = 0] = await push(server, {
      'ci.yml': `on: push
jobs:
  build:
    runs-on: ubuntu-latest
    outputs: { word: "\${{ steps.say.outputs.word }}" }
    steps:
      - id: say
        run: echo word=hello >> "$GITHUB_OUTPUT"
  test:
    needs: build
    runs-on: ubuntu-latest
    strategy: { matrix: { part: [1, 2] } }
    steps:
      - run: echo "\${{ needs.build.outputs.word }} \${{ matrix.part }}"
`,
    });
    expect(await server.finished(runId)).toMatchObject({ conclusion: 'success' });
    expect(await server.jobs(runId)).toMatchObject([
      { job_key: 'build', conclusion: 'success' },
      { job_key: 'test(0)', conclusion: 'success' },
      { job_key: 'test(1)', conclusion: 'success' },
    ]);
    expect(await server.log(runId, 'test(1)')).toContain('hello 2\n');
  });

  test('a delivery that is taken in twice starts its runs once', async () => {
    const server = serve();
    const once = pushEvent(
      { 'ci.yml': 'on: push\njobs:\n  a: { runs-on: none, steps: [{ run: echo }] }\n' },
      { deliveryId: 'twice' },
    );
    const [first, second] = await Promise.all([server.accept(once), server.accept(once)]);
    expect([first.kind, second.kind].toSorted()).toEqual(['accepted', 'duplicate']);
    expect(first.eventId).toBe(second.eventId);
  });

  test('a cancelled run ends its jobs, and says why', async () => {
    const server = serve();
    server.agent();
    const [runId = 0] = await push(server, {
      'ci.yml': `on: push
jobs:
  long: { runs-on: ubuntu-latest, steps: [{ run: sleep 300 }] }
  unserved: { runs-on: [self-hosted, gpu], steps: [{ run: echo }] }
  always: { needs: long, if: always(), runs-on: ubuntu-latest, steps: [{ run: echo }] }
`,
    });
    await server.claimed(runId, 'long');
    const { store, notices } = server;
    expect(await whyWaiting({ store: world.store, now: Date.now() }, runId)).toEqual([
      { jobKey: 'always', reason: 'it needs long' },
      { jobKey: 'unserved', reason: 'no runner has the labels gpu, self-hosted (1 runner is there)' },
    ]);
    await stopRun(
      { store, notices, now: Date.now() },
      { runId, how: 'cancel', actor: 'octocat', reason: 'octocat cancelled it' },
    );
    expect(await server.finished(runId)).toMatchObject({ conclusion: 'cancelled' });
    expect(await server.jobs(runId)).toMatchObject([
      { job_key: 'long', conclusion: 'cancelled' },
      { job_key: 'unserved', conclusion: 'cancelled' },
      { job_key: 'always', conclusion: 'success' },
    ]);
    const stopAgain = stopRun(
      { store: world.store, now: Date.now() },
      { runId, how: 'kill', actor: 'octocat' },
    );
    await expect(stopAgain).rejects.toMatchObject({ code: 'run-finished' });
  });

  test('a newer run of another event takes the place of the one that waits', async () => {
    const server = serve();
    const grouped = {
      'ci.yml': `on: push
concurrency: deploy
jobs:
  a: { runs-on: deploys, steps: [{ run: echo }] }
`,
    };
    const [first = 0] = await push(server, grouped);
    const [second = 0] = await push(server, grouped);
    const [third = 0] = await push(server, grouped);
    expect(await server.finished(second)).toMatchObject({ conclusion: 'cancelled' });
    expect(await whyWaiting({ store: world.store, now: Date.now() }, third)).toEqual([
      {
        jobKey: 'a',
        reason: `the run waits for the concurrency group 'deploy', which .github/workflows/ci.yml #${await numberOf(first)} holds`,
      },
    ]);
    const attempt = await world.store
      .selectFrom('run_attempt')
      .select(['reason', 'superseded_by'])
      .where('run_id', '=', second)
      .executeTakeFirst();
    expect(attempt).toEqual({
      reason: "a newer member of the concurrency group 'deploy' takes its place",
      superseded_by: third,
    });
    server.agent(['deploys']);
    expect(await server.finished(first)).toMatchObject({ conclusion: 'success' });
    expect(await server.finished(third)).toMatchObject({ conclusion: 'success' });
  });

  test('another server goes on with what one has left, groups and running jobs included', async () => {
    const server = serve();
    const grouped = {
      'ci.yml': `on: push
concurrency: handover
jobs:
  a: { runs-on: handover, steps: [{ run: echo }] }
  b: { needs: a, runs-on: handover, steps: [{ run: echo }] }
`,
    };
    const [first = 0] = await push(server, grouped);
    const [second = 0] = await push(server, grouped);
    await server.queued(first, 'a');
    await server.close();
    const next = serve();
    expect(await whyWaiting({ store: world.store, now: Date.now() }, second)).toMatchObject([
      { jobKey: 'a' },
      { jobKey: 'b' },
    ]);
    next.agent(['handover']);
    expect(await next.finished(first)).toMatchObject({ conclusion: 'success' });
    expect(await next.finished(second)).toMatchObject({ conclusion: 'success' });
    const rows = await world.store
      .selectFrom('job')
      .select('job_key')
      .where('run_id', '=', String(first))
      .execute();
    expect(rows.map(({ job_key }) => job_key)).toEqual(['a', 'b']);
  });

  test('secrets are given to whoever claims a job, and are nowhere in the store', async () => {
    const secrets = { KEY: 'very-secret-value', GITHUB_TOKEN: 'token-value' };
    const server = serve({
      equip: async (claim) => ({
        request: await equipRequest(world.store, claim, secrets),
        source: { kind: 'working-tree', directory: tmpdir() },
        actionsRuntime: {},
      }),
    });
    server.agent();
    const [runId = 0] = await push(server, {
      'ci.yml': `on: push
jobs:
  a:
    runs-on: ubuntu-latest
    steps:
      - run: test "$(printf '%s %s' "\${{ secrets.KEY }}" "\${{ github.token }}" | rev)" = "eulav-nekot eulav-terces-yrev"
`,
    });
    expect(await server.finished(runId)).toMatchObject({ conclusion: 'success' });
    const rows = await world.store
      .selectFrom('job')
      .selectAll()
      .where('run_id', '=', String(runId))
      .execute();
    expect(JSON.stringify(rows)).not.toContain('very-secret-value');
  });

  test('what follows a finished run is seen to, again after it failed', async () => {
    const finished: string[] = [];
    const { promise, resolve } = Promise.withResolvers<void>();
    const server = serve({
      onTrouble: () => {},
      onRunFinished: async ({ run, conclusion }) => {
        finished.push(`${run.workflowPath} ${conclusion}`);
        if (finished.length === 1) throw new Error('not yet');
        resolve();
      },
    });
    server.agent();
    await push(server, {
      'ci.yml': 'on: push\njobs:\n  a: { runs-on: ubuntu-latest, steps: [{ run: exit 1 }] }\n',
    });
    await promise;
    expect(finished).toEqual(['.github/workflows/ci.yml failure', '.github/workflows/ci.yml failure']);
  });

  test('what a job says of its end is kept, even if no database takes it as it is', async () => {
    const server = serve();
    const [runId = 0] = await push(server, {
      'ci.yml': 'on: push\njobs:\n  a: { runs-on: odd, steps: [{ run: echo }] }\n',
    });
    await server.queued(runId, 'a');
    const signal = new AbortController().signal;
    const claim = await server.gateway.claim({ runner: 'odd', labels: ['odd'], waitMs: 20_000 }, signal);
    const { jobId = 0, fence = 0 } = claim ?? {};
    await server.gateway.heartbeat(jobId, { fence, waitMs: 0, known: null });
    const result = {
      kind: 'job.finished',
      at: 1,
      conclusion: 'failure',
      outputs: {},
      reason: 'a\u0000b\ud800',
    } as const;
    await server.gateway.finish(jobId, { fence, streamBytes: 0, result });
    expect(await server.finished(runId)).toMatchObject({ conclusion: 'failure' });
    expect((await server.jobs(runId))[0]?.reason).toMatch(/^a\uFFFDb/);
  });

  test('a plan that cannot be driven fails its runs, and no others', async () => {
    const files = { 'ci.yml': 'on: push\njobs:\n  a: { runs-on: ubuntu-latest, steps: [{ run: echo }] }\n' };
    const event = pushEvent(files, { deliveryId: world.deliveryId() });
    const acceptance = await acceptEvent({ store: world.store, now: Date.now() }, event);
    const [broken = { runId: 0 }] = acceptance.kind === 'accepted' ? acceptance.runs : [];
    const where = { event_id: acceptance.eventId };
    const { plan } = await world.store
      .selectFrom('event_plan')
      .select('plan')
      .where(({ and }) => and(where))
      .executeTakeFirstOrThrow();
    const damaged = plan.replace('"graphs":[', '"graphs":[],"lost":[');
    await world.store
      .updateTable('event_plan')
      .set({ plan: damaged })
      .where(({ and }) => and(where))
      .execute();
    const trouble: unknown[] = [];
    const server = serve({ onTrouble: (error) => trouble.push(error) });
    server.agent();
    const [runId = 0] = await push(server, files);
    expect(await server.finished(broken.runId)).toMatchObject({ conclusion: 'failure' });
    expect(await server.finished(runId)).toMatchObject({ conclusion: 'success' });
    expect(trouble).toHaveLength(1);
  });

  async function numberOf(runId: number): Promise<number> {
    const run = await world.store
      .selectFrom('run')
      .select('number')
      .where('id', '=', runId)
      .executeTakeFirstOrThrow();
    return run.number;
  }
});
