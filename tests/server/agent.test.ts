import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import { SlipwayError } from '@slipway/contracts/errors';
import type { RunnerGateway } from '@slipway/contracts/runner-protocol';
import { createActionStore } from '@slipway/runner/actions';
import { type Agent, httpGateway, startAgent } from '@slipway/runner/agent';
import { createProject } from '@slipway/server/controller';
import { runnerRoutes } from '@slipway/server/http';
import type { JobRequest } from '@slipway/workflow';
import { Hono } from 'hono';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { GitRepository } from '../git-repository.ts';
import { storeKinds, type TestStore } from '../store/stores.ts';
import { type InProcessServer, inProcessServer } from './in-process-server.ts';
import { oneTokenAccess } from './one-token-access.ts';
import { pushEvent } from './test-event.ts';

let kind: TestStore;
let server: InProcessServer;
let repository: GitRepository;
let http: Server;
/** Default: what the repository has. */
let headSha: string | undefined;
const agents: Agent[] = [];

beforeEach(async () => {
  headSha = undefined;
  kind = await storeKinds[0].create();
  const store = await kind.open();
  await createProject({ store, now: Date.now() }, { name: 'octo/app' });
  repository = new GitRepository({ 'greeting.txt': 'hello from the repository\n' });
  const source = () => ({
    kind: 'repository' as const,
    url: repository.path,
    sha: headSha ?? repository.git('rev-parse', 'HEAD').trim(),
    ref: 'refs/heads/main',
    token: '',
  });
  server = inProcessServer(store, {
    runnerLeaseMs: 3_000,
    equip: async ({ request }) => ({ request, source: source(), actionsRuntime: {} }),
  });
  http = await listen(server.gateway, 0);
});

afterEach(async () => {
  await Promise.all(agents.splice(0).map((agent) => agent.kill()));
  await closeServer(http);
  await server.close();
  await kind.close();
  repository.remove();
});

test('a job checks out the commit of its event, from a mirror that is fetched once', async () => {
  join(portOf(http));
  const steps =
    '[{ uses: actions/checkout@v4 }, { run: "cat greeting.txt && git log --format=%s && git status -sb" }]';
  const [runId] = await push(`on: push\njobs:\n  a: { runs-on: linux, steps: ${steps} }\n`);
  expect(await server.finished(runId)).toMatchObject({ conclusion: 'success' });
  const log = await server.log(runId, 'a');
  expect(log).toContain('hello from the repository\n');
  expect(log).toContain('first\n');
  expect(log).toContain('## main');

  repository.write('greeting.txt', 'hello again\n');
  repository.commit('second');
  const [next] = await push(`on: push\njobs:\n  a: { runs-on: linux, steps: ${steps} }\n`);
  expect(await server.finished(next)).toMatchObject({ conclusion: 'success' });
  expect(await server.log(next, 'a')).toContain('hello again\n');
});

test('a job that wants more than its commit gets tags and branches as they are now, though the commit is there already', async () => {
  join(portOf(http));
  const workflow = (depth: number) =>
    `on: push\njobs:\n  a: { runs-on: linux, steps: [{ uses: actions/checkout@v4, with: { fetch-depth: ${depth} } }, { run: git describe --tags --always }] }\n`;
  repository.git('tag', 'v0.9.0');
  const [before] = await push(workflow(0));
  expect(await server.finished(before)).toMatchObject({ conclusion: 'success' });
  expect(await server.log(before, 'a')).toContain('\nv0.9.0\n');
  repository.git('tag', '--delete', 'v0.9.0');
  repository.git('tag', 'v1.0.0');
  const [after] = await push(workflow(0));
  expect(await server.finished(after)).toMatchObject({ conclusion: 'success' });
  expect(await server.log(after, 'a')).toContain('\nv1.0.0\n');
});

test('a job whose commit cannot be fetched fails, and says what git said', async () => {
  join(portOf(http));
  headSha = '1'.repeat(40);
  const [runId] = await push('on: push\njobs:\n  a: { runs-on: linux, steps: [{ uses: ./none }] }\n');
  expect(await server.finished(runId)).toMatchObject({ conclusion: 'failure' });
  expect((await server.jobs(runId))[0]?.reason).toContain('git fetch');
});

test('a runner goes on while the server is away, and catches up', async () => {
  const port = portOf(http);
  join(port);
  const [runId] = await push(
    'on: push\njobs:\n  a: { runs-on: linux, steps: [{ run: "for n in $(seq 30); do echo tick $n; sleep 0.05; done" }] }\n',
  );
  await server.logged(runId, 'a', 'tick 3\n');
  await closeServer(http);
  http = await listen(server.gateway, port);
  expect(await server.finished(runId)).toMatchObject({ conclusion: 'success' });
  const ticks = (await server.log(runId, 'a')).split('\n').filter((line) => /^tick \d+$/.test(line));
  expect(ticks).toEqual(Array.from({ length: 30 }, (_, index) => `tick ${index + 1}`));
});

test('a runner that drains finishes what it has and takes nothing more', async () => {
  const agent = join(portOf(http));
  const [runId] = await push(
    `on: push
jobs:
  a: { runs-on: linux, steps: [{ run: echo begun; sleep 0.5 }] }
  b: { runs-on: linux, needs: a, steps: [{ run: echo }] }
`,
  );
  await server.logged(runId, 'a', 'begun\n');
  await agent.drain();
  expect(agent.busy).toBe(0);
  const rows = await server.store.selectFrom('job').select(['job_key', 'state']).orderBy('id').execute();
  expect(rows[0]).toEqual({ job_key: 'a', state: 'finished' });
  await server.queued(runId, 'b');
  const b = await server.store
    .selectFrom('job')
    .select('state')
    .where('job_key', '=', 'b')
    .executeTakeFirst();
  expect(b?.state).toBe('queued');
});

test('a job that is somebody else’s by now is ended, and nothing more is said of it', async () => {
  const gateway = httpGateway({ url: `http://127.0.0.1:${portOf(http)}`, token: 'runner-token' });
  await push('on: push\njobs:\n  a: { runs-on: linux, steps: [{ run: sleep 300 }] }\n');
  const claim = await gateway.claim(
    { runner: 'r', labels: ['linux'], waitMs: 20_000 },
    new AbortController().signal,
  );
  const jobId = claim?.jobId ?? 0;
  await gateway.heartbeat(jobId, { fence: 1, waitMs: 0, known: null });
  await server.store.updateTable('job').set({ fence: 2 }).where('id', '=', jobId).execute();
  const bytes = new TextEncoder().encode('{}\n');
  for (const word of [
    () => gateway.heartbeat(jobId, { fence: 1, waitMs: 0, known: null }),
    () => gateway.append(jobId, { fence: 1, offset: 0, bytes }),
    () => gateway.finish(jobId, { fence: 1, streamBytes: 0, result: success }),
  ]) {
    await expect(word()).rejects.toMatchObject({ name: 'SlipwayError', code: 'fenced', status: 409 });
  }
});

test('a result is refused until the whole stream has arrived', async () => {
  const gateway = httpGateway({ url: `http://127.0.0.1:${portOf(http)}`, token: 'runner-token' });
  await push('on: push\njobs:\n  a: { runs-on: linux, steps: [{ run: echo }] }\n');
  const claim = await gateway.claim(
    { runner: 'r', labels: ['linux'], waitMs: 20_000 },
    new AbortController().signal,
  );
  const { jobId = 0, fence = 0 } = claim ?? {};
  const early = gateway.finish(jobId, { fence, streamBytes: 10, result: success });
  await expect(early).rejects.toMatchObject({ code: 'incomplete' });
  const bytes = new TextEncoder().encode('0123456789');
  expect(await gateway.append(jobId, { fence, offset: 0, bytes: bytes.subarray(0, 6) })).toEqual({
    offset: 6,
  });
  // A piece that was sent before, and one with a gap before it, change nothing.
  expect(await gateway.append(jobId, { fence, offset: 0, bytes: bytes.subarray(0, 6) })).toEqual({
    offset: 6,
  });
  expect(await gateway.append(jobId, { fence, offset: 8, bytes: bytes.subarray(8) })).toEqual({ offset: 6 });
  expect(await gateway.append(jobId, { fence, offset: 4, bytes: bytes.subarray(4) })).toEqual({ offset: 10 });
  await gateway.finish(jobId, { fence, streamBytes: 10, result: success });
  await gateway.finish(jobId, { fence, streamBytes: 10, result: success });
});

test('requests that are wrong get an error of the table, with the field', async () => {
  const base = `http://127.0.0.1:${portOf(http)}/runner/v1`;
  const send = async (
    path: string,
    body: string | Uint8Array<ArrayBuffer>,
    method = 'POST',
    token = 'runner-token',
  ) => {
    const headers = { authorization: `Bearer ${token}` };
    const response = await fetch(`${base}${path}`, { method, headers, body });
    return { status: response.status, ...((await response.json()) as object) };
  };
  expect(await send('/claims', '{}', 'POST', 'wrong')).toMatchObject({
    status: 401,
    error: { code: 'unauthorized' },
  });
  expect(await send('/claims', '{')).toMatchObject({ status: 400, error: { code: 'bad-request' } });
  const unknown = JSON.stringify({ runner: 'r', labels: [], waitMs: 0, more: 1 });
  expect(await send('/claims', unknown)).toMatchObject({ status: 400, error: { code: 'bad-request' } });
  const wrong = JSON.stringify({ runner: 'r', labels: [7], waitMs: 0 });
  expect(await send('/claims', wrong)).toMatchObject({ status: 400, error: { field: 'labels.0' } });
  expect(await send('/jobs/x/heartbeat', '{}')).toMatchObject({ status: 400, error: { field: 'id' } });
  const large = new Uint8Array(4 * 1024 ** 2 + 1);
  expect(await send('/jobs/1/stream?fence=1&offset=0', large, 'PUT')).toMatchObject({
    status: 413,
    error: { code: 'too-large' },
  });
});

const success = { kind: 'job.finished' as const, at: 1, conclusion: 'success' as const, outputs: {} };
let pushes = 0;

async function push(workflow: string): Promise<[number]> {
  const acceptance = await server.accept(
    pushEvent({ 'ci.yml': workflow }, { deliveryId: `push-${++pushes}` }),
  );
  if (acceptance.kind !== 'accepted') throw new SlipwayError('internal');
  return [acceptance.runs[0]?.runId ?? 0];
}

function join(port: number): Agent {
  const slipwayHome = repository.home;
  const agent = startAgent({
    gateway: httpGateway({ url: `http://127.0.0.1:${port}`, token: 'runner-token' }),
    name: `runner-${agents.length}`,
    labels: ['linux'],
    machine: {
      slipwayHome,
      actionsOf: (repositoryRoot) => createActionStore({ slipwayHome, repositoryRoot }),
      services: { cannotServe: async () => 'no services here', start: () => Promise.reject(new Error()) },
      baseEnv: process.env,
    },
    waitMs: 1_000,
    onTrouble: (error) => process.stderr.write(`${error instanceof Error ? error.stack : error}\n`),
  });
  agents.push(agent);
  return agent;
}

async function listen(gateway: RunnerGateway<JobRequest>, port: number): Promise<Server> {
  const app = new Hono();
  app.route('/runner/v1', runnerRoutes({ gateway, access: oneTokenAccess('runner-token') }));
  const listening = createServer(getRequestListener(app.fetch, { overrideGlobalObjects: false }));
  await new Promise<void>((resolve) => listening.listen(port, '127.0.0.1', resolve));
  return listening;
}

function portOf(listening: Server): number {
  return (listening.address() as AddressInfo).port;
}

async function closeServer(listening: Server): Promise<void> {
  listening.closeAllConnections();
  await new Promise((resolve) => listening.close(resolve));
}
