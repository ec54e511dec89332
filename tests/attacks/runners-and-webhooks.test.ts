import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { postOutside } from '@slipway/server/notifications';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { type People, peopleOf } from '../identity/people.ts';
import { type Served, serveForTest, workflow } from '../server/served.ts';
import { type ForkedProject, forkedProject, webhookSecret } from './forked-project.ts';
import { runnerCalls } from './runner-access.ts';

let served: Served;
let people: People;
let asRunner: ReturnType<typeof runnerCalls>;
let fork: ForkedProject;
const closing: (() => Promise<void>)[] = [];

beforeAll(async () => {
  served = await serveForTest({ delivery: { privateHosts: ['localhost'] } });
  people = peopleOf(served);
  asRunner = runnerCalls(served);
  const ci = "on: push\njobs:\n  a: { runs-on: ubuntu-latest, steps: [{ run: 'true' }] }\n";
  fork = await forkedProject(served, { 'README.md': 'x', ...workflow('ci.yml', ci) });
}, 60_000);
afterEach(async () => {
  await Promise.all(closing.splice(0).map((close) => close()));
});
afterAll(async () => {
  await served.close();
  await fork.close();
});

/** A push whose two jobs want these labels. */
async function waitingJobs(name: string, label: string): Promise<number> {
  const job = `{ runs-on: ${label}, steps: [{ run: 'true' }] }`;
  const clone = await served.project(name, workflow('ci.yml', `on: push\njobs:\n  a: ${job}\n  b: ${job}\n`));
  await clone.git('push', '--quiet', 'origin', 'main');
  const [run] = await served.runs(`?project=${name}`);
  return run?.id ?? 0;
}

const result = { kind: 'job.finished', at: 1, conclusion: 'success', outputs: {} };

test('17 a runner that speaks for the job of another is refused, whatever fence it guesses', async () => {
  const { token: one } = await people.token({ kind: 'runner', name: 'runner-a' });
  const { token: other } = await people.token({ kind: 'runner', name: 'runner-b' });
  const runId = await waitingJobs('octo/seventeen', 'far');
  const claim = { runner: 'box', labels: ['far'], waitMs: 10_000 };
  const mine = (await asRunner(one, '/claims', claim)).body as unknown as { jobId: number; fence: number };
  const theirs = (await asRunner(other, '/claims', claim)).body as unknown as {
    jobId: number;
    fence: number;
  };
  expect(mine.jobId).not.toBe(theirs.jobId);
  for (const fence of [1, 2, theirs.fence]) {
    const at = `/jobs/${theirs.jobId}`;
    expect((await asRunner(one, `${at}/heartbeat`, { fence, waitMs: 0, known: null })).status).toBe(403);
    expect((await asRunner(one, `${at}/finish`, { fence, streamBytes: 0, result })).status).toBe(403);
    const stream = await fetch(`${served.server.url}/runner/v1${at}/stream?fence=${fence}&offset=0`, {
      method: 'PUT',
      headers: { authorization: `Bearer ${one}` },
      body: 'forged',
    });
    expect(stream.status).toBe(403);
  }
  for (const [token, { jobId, fence }] of [
    [one, mine],
    [other, theirs],
  ] as const) {
    expect(
      (await asRunner(token, `/jobs/${jobId}/heartbeat`, { fence, waitMs: 0, known: null })).status,
    ).toBe(200);
    expect((await asRunner(token, `/jobs/${jobId}/finish`, { fence, streamBytes: 0, result })).status).toBe(
      204,
    );
  }
  expect(await served.finished(runId)).toMatchObject({ conclusion: 'success' });
});

test('18 a runner whose lease has run out does not end the job', async () => {
  const brief = await serveForTest({ labels: [], runnerLeaseMs: 3_000 });
  closing.push(() => brief.close());
  const { token } = await peopleOf(brief).token({ kind: 'runner', name: 'slow' });
  const job = "{ runs-on: slow, steps: [{ run: 'true' }] }";
  const clone = await brief.project('octo/app', workflow('ci.yml', `on: push\njobs:\n  a: ${job}\n`));
  await clone.git('push', '--quiet', 'origin', 'main');
  const [run] = await brief.runs('?project=octo/app');
  const ask = runnerCalls(brief);
  const claimed = await ask(token, '/claims', { runner: 'box', labels: ['slow'], waitMs: 10_000 });
  const { jobId, fence } = claimed.body as unknown as { jobId: number; fence: number };
  const beat = { fence, waitMs: 0, known: null };
  expect((await ask(token, `/jobs/${jobId}/heartbeat`, beat)).status).toBe(200);
  expect(await brief.finished(run?.id ?? 0)).toMatchObject({ conclusion: 'failure' });
  expect(await brief.job(run?.id ?? 0, 'a', () => true)).toMatchObject({
    reason: expect.stringContaining('slow/box was lost'),
  });
  const fenced = { status: 409, body: { error: { code: 'fenced' } } };
  expect(await ask(token, `/jobs/${jobId}/finish`, { fence, streamBytes: 0, result })).toMatchObject(fenced);
  expect(await ask(token, `/jobs/${jobId}/heartbeat`, beat)).toMatchObject(fenced);
  expect((await brief.runs())[0]?.conclusion).toBe('failure');
}, 60_000);

test('19 a webhook that is unsigned, signed by another, for another repository or sent again changes nothing', async () => {
  const push = {
    ref: 'refs/heads/main',
    before: '0'.repeat(40),
    after: '1'.repeat(40),
    repository: { full_name: fork.name, default_branch: 'main' },
    sender: { login: 'x' },
  };
  const other = { ...push, repository: { full_name: 'octo/seventeen' } };
  for (const [payload, secret] of [
    [push, null],
    [push, 'another-secret-of-theirs'],
    [other, webhookSecret],
  ] as const) {
    const answer = await fork.github.send(fork.webhookUrl, { event: 'push', payload, secret });
    expect(answer).toMatchObject({ status: 401, body: { error: { code: 'unauthorized' } } });
  }
  expect(await served.runs(`?project=${fork.name}`)).toEqual([]);
  const sha = fork.origin.git('rev-parse', 'HEAD').trim();
  const good = {
    event: 'push',
    payload: { ...push, after: sha },
    secret: webhookSecret,
    delivery: 'delivery-1',
  };
  expect((await fork.github.send(fork.webhookUrl, good)).status).toBe(202);
  const run = await fork.runOf('push');
  await served.finished(run.id);
  expect((await fork.github.send(fork.webhookUrl, good)).body).toMatchObject({ outcome: 'duplicate' });
  expect(await served.runs(`?project=${fork.name}`)).toHaveLength(1);
});

async function listener(answer: (url: string) => { status: number; location?: string }) {
  const asked: string[] = [];
  const server: Server = createServer((request, response) => {
    asked.push(request.url ?? '');
    const { status, location } = answer(request.url ?? '');
    response.writeHead(status, location === undefined ? {} : { location }).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return { asked, port: (server.address() as AddressInfo).port };
}

test('20 a webhook of ours goes to no address of the machine or its network, by no redirect and by no name that changes', async () => {
  const inner = await listener(() => ({ status: 200 }));
  const outer = await listener(() => ({
    status: 302,
    location: `http://127.0.0.1:${inner.port}/redirected`,
  }));
  const urls = [
    'http://169.254.169.254/latest/meta-data',
    `http://127.0.0.1:${inner.port}/direct`,
    `http://[::ffff:127.0.0.1]:${inner.port}/mapped`,
    `http://0x7f000001:${inner.port}/hexadecimal`,
    'http://10.0.0.1/',
    `http://localhost:${outer.port}/redirecting`,
  ];
  const channels = urls.map(
    (url, index) => `  hook${index}: { kind: webhook, url: '${url}', signing-secret: HOOK }\n`,
  );
  const clone = await served.project('octo/twenty', {
    'slipway.yml': `components: { app: { role: service } }\nenvironments: { production: { target: process, strategy: rolling, reviewers: [grace] } }\nnotifications:\n${channels.join('')}`,
    ...workflow(
      'ci.yml',
      'on: push\njobs:\n  deploy: { runs-on: ubuntu-latest, environment: production, steps: [{ run: "true" }] }\n',
    ),
  });
  await served.ask('PUT', '/projects/octo/twenty/secrets/HOOK', { value: 'signing-secret' });
  served.trouble.length = 0;
  await clone.git('push', '--quiet', 'origin', 'main');
  const said = () => served.trouble.map((one) => String((one as { err?: Error }).err?.message)).join('\n');
  while (!said().includes('a redirect') || said().match(/not public/g)?.length !== 5) {
    expect(inner.asked).toEqual([]);
    await delay(100);
  }
  expect(outer.asked).toContain('/redirecting');
  expect(inner.asked).toEqual([]);
  // A name that means something else when it is asked for again is not asked for again.
  let asked = 0;
  const rebinding = postOutside({
    url: `http://rebinding.example:${inner.port}/rebound`,
    headers: {},
    body: '',
    privateHosts: [],
    now: Date.now,
    resolve: async () => {
      asked += 1;
      return [{ address: asked === 1 ? '192.0.2.1' : '127.0.0.1', family: 4 }];
    },
  });
  await Promise.race([rebinding.catch(() => {}), delay(1_000)]);
  expect([asked, inner.asked]).toEqual([1, []]);
  rebinding.catch(() => {});
}, 60_000);
