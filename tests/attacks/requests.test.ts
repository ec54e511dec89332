import type { RunAnswer } from '@slipway/contracts/api/runs';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { openBrowser } from '../identity/browser.ts';
import { type People, peopleOf } from '../identity/people.ts';
import { type Served, serveForTest, workflow } from '../server/served.ts';
import { runnerCalls } from './runner-access.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });
let served: Served;
let people: People;
let asRunner: ReturnType<typeof runnerCalls>;

beforeAll(async () => {
  served = await serveForTest();
  people = peopleOf(served);
  asRunner = runnerCalls(served);
});
afterAll(() => served.close());

test('21 nobody starts, schedules or gets a token for anything as somebody else', async () => {
  const ada = await people.user('ada');
  await people.user('eve');
  const clone = await served.project(
    'octo/mine',
    workflow(
      'go.yml',
      'on: workflow_dispatch\njobs:\n  a: { runs-on: ubuntu-latest, steps: [{ run: "true" }] }\n',
    ),
  );
  await clone.git('push', '--quiet', 'origin', 'main');
  await served.ask('PUT', '/projects/octo/mine/members/ada', { role: 'developer' });
  const asEve = { kind: 'person', name: 'x', user: 'eve' };
  expect(await people.ask(ada, 'POST', '/tokens', asEve)).toMatchObject({
    status: 403,
    body: { error: { code: 'forbidden' } },
  });
  const at = '/projects/octo/mine/dispatches';
  expect((await people.ask(ada, 'POST', at, { workflow: 'go.yml', actor: 'eve' })).status).toBe(400);
  const { body } = await people.ask<{ runId: number }>(ada, 'POST', at, { workflow: 'go.yml' });
  expect((await served.finished(body.runId)).actor).toBe('ada');
  const settings = { schedules: { missed: 'skip' } };
  expect((await people.ask(ada, 'PATCH', '/projects/octo/mine', settings)).status).toBe(403);
  // The name that git sends is not who acts.
  await clone.commit('as eve');
  await clone.write(
    workflow('push.yml', 'on: push\njobs:\n  a: { runs-on: ubuntu-latest, steps: [{ run: "true" }] }\n'),
  );
  await clone.commit('a workflow');
  await clone.git(
    'push',
    '--quiet',
    `${served.server.url.replace('://', `://eve:${ada}@`)}/octo/mine.git`,
    'main',
  );
  const [pushed] = await served.runs('?project=octo/mine&event=push');
  expect(pushed?.actor).toBe('ada');
});

test('22 a body that names another repository than the route changes nothing there', async () => {
  const dev = await people.user('bob');
  const clone = await served.project(
    'octo/bobs',
    workflow(
      'go.yml',
      'on: [workflow_dispatch, repository_dispatch]\njobs:\n  a: { runs-on: ubuntu-latest, steps: [{ run: "true" }] }\n',
    ),
  );
  await clone.git('push', '--quiet', 'origin', 'main');
  await served.ask('PUT', '/projects/octo/bobs/members/bob', { role: 'admin' });
  const victim = await served.project(
    'octo/victim',
    workflow('ci.yml', "on: push\njobs:\n  a: { runs-on: far, steps: [{ run: 'true' }] }\n"),
  );
  await victim.git('push', '--quiet', 'origin', 'main');
  const before: RunAnswer[] = await served.runs('?project=octo/victim');
  const other = { repository: 'octo/victim', project: 'octo/victim' };
  const dispatch = { workflow: 'go.yml', ...other };
  expect((await people.ask(dev, 'POST', '/projects/octo/bobs/dispatches', dispatch)).status).toBe(400);
  expect((await people.ask(dev, 'PATCH', '/projects/octo/bobs', { name: 'octo/victim' })).status).toBe(400);
  const token = { kind: 'person', name: 'other', project: 'octo/victim' };
  const limited = await people.ask<{ token: string }>(dev, 'POST', '/tokens', token);
  expect((await people.ask(limited.body.token, 'GET', `/runs/${before[0]?.id}`)).status).toBe(403);
  const event = { event_type: 'x', client_payload: { repository: { full_name: 'octo/victim' } } };
  const started = await people.ask<{ runs: { runId: number }[] }>(
    dev,
    'POST',
    '/projects/octo/bobs/repository-dispatches',
    event,
  );
  const [run] = await served.runs('?project=octo/bobs&event=repository_dispatch');
  expect(run?.id).toBe(started.body.runs[0]?.runId);
  expect(
    (await people.ask(dev, 'POST', '/projects/octo/victim/dispatches', { workflow: 'go.yml' })).status,
  ).toBe(403);
  const github = (at: string, body: object) =>
    fetch(`${served.server.url}/api/v3/repos/${at}`, {
      method: 'POST',
      headers: { authorization: `token ${dev}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    }).then(({ status }) => status);
  const sha = await clone.git('rev-parse', 'HEAD');
  expect(await github(`octo/bobs/statuses/${sha}`, { state: 'success', ...other })).toBe(403);
  expect(await github(`octo/bobs/statuses/${sha}`, { state: 'success' })).toBe(201);
  expect([403, 404]).toContain(await github(`octo/victim/statuses/${sha}`, { state: 'success' }));
  expect(await served.runs('?project=octo/victim')).toEqual(before);
});

test('23 a token that is limited is good for nothing else', async () => {
  await people.user('carol');
  await served.project('octo/carols', { a: '' });
  await served.ask('PUT', '/projects/octo/carols/members/carol', { role: 'admin' });
  const { token } = await people.token({
    kind: 'person',
    name: 'reads',
    user: 'carol',
    scopes: ['project.read'],
  });
  const at = '/projects/octo/carols';
  expect((await people.ask(token, 'GET', at)).status).toBe(200);
  for (const [method, path, body] of [
    ['PATCH', at, { retentionDays: 1 }],
    ['PUT', `${at}/secrets/KEY`, { value: 'x' }],
    ['PUT', `${at}/members/eve`, { role: 'admin' }],
    ['POST', `${at}/dispatches`, { workflow: 'go.yml' }],
    ['POST', '/tokens', { kind: 'person', name: 'more' }],
    ['GET', '/tokens', undefined],
    ['GET', `/audit?project=octo/carols`, undefined],
  ] as const) {
    const answer = await people.ask(token, method, path, body);
    expect([method, path, answer.status, answer.body.error?.code]).toEqual([method, path, 403, 'forbidden']);
  }
  const git = (service: string) =>
    fetch(`${served.server.url}/octo/carols.git/info/refs?service=git-${service}`, {
      headers: { authorization: `Basic ${Buffer.from(`carol:${token}`).toString('base64')}` },
    }).then(({ status }) => status);
  expect([await git('upload-pack'), await git('receive-pack')]).toEqual([403, 403]);
  expect((await asRunner(token, '/claims', { runner: 'x', labels: [], waitMs: 0 })).status).toBe(403);
});

test('24 a page of another site changes nothing with the cookie of somebody who is signed in', async () => {
  const browser = openBrowser();
  const { url } = served.server;
  await browser.submit(served.server.firstAdminLink ?? '', {
    user: 'admin-ada',
    password: 'correct horse battery',
  });
  const { csrfToken } = (await (await browser.get(`${url}/api/v1/session`)).json()) as { csrfToken: string };
  const ask = (headers: Record<string, string>, body = JSON.stringify({ name: 'octo/forged' })) =>
    browser.fetch(`${url}/api/v1/projects`, { method: 'POST', headers, body }).then(({ status }) => status);
  const json = { 'content-type': 'application/json' };
  const evil = 'https://evil.example';
  expect(await ask({ 'content-type': 'text/plain', origin: evil })).toBe(403);
  expect(await ask({ ...json, origin: evil, 'x-slipway-csrf': csrfToken })).toBe(403);
  expect(await ask({ ...json, 'sec-fetch-site': 'cross-site', 'x-slipway-csrf': csrfToken })).toBe(403);
  expect(await ask({ ...json, origin: url })).toBe(403);
  expect((await browser.submit(`${url}/sign-out`, { csrf: csrfToken }, evil)).status).toBe(403);
  expect((await served.ask('GET', '/projects/octo/forged')).status).toBe(404);
  expect(await ask({ ...json, origin: url, 'x-slipway-csrf': csrfToken })).toBe(201);
  const preflight = await fetch(`${url}/api/v1/projects`, {
    method: 'OPTIONS',
    headers: { origin: evil, 'access-control-request-method': 'POST' },
  });
  expect(preflight.headers.get('access-control-allow-origin')).toBeNull();
});

test('26 a job without id-token: write gets no identity, and no environment adds parts to a subject', async () => {
  const environments = ['x:ref:refs/heads/main', 'x%3Aref%3Arefs/heads/main'];
  const job = (environment: string) =>
    `{ runs-on: ubuntu-latest, environment: '${environment}', steps: [{ run: 'true' }] }`;
  const clone = await served.project('octo/identity', {
    ...workflow(
      'none.yml',
      `on: push
permissions: { contents: read }
jobs:
  none:
    runs-on: ubuntu-latest
    env: { TOKEN: "\${{ github.token }}" }
    steps:
      - run: |
          echo "given=[$ACTIONS_ID_TOKEN_REQUEST_URL$ACTIONS_ID_TOKEN_REQUEST_TOKEN]"
          echo "asked=$(curl -s -o /dev/null -w '%{http_code}' -H "authorization: Bearer $TOKEN" "\${{ github.server_url }}/oidc/token?audience=me")"
`,
    ),
    ...workflow(
      'colon.yml',
      `on: workflow_dispatch\npermissions: { id-token: write }\njobs:\n  plain: ${job(environments[0] ?? '')}\n  encoded: ${job(environments[1] ?? '')}\n`,
    ),
  });
  await clone.git('push', '--quiet', 'origin', 'main');
  const [run] = await served.runs('?project=octo/identity');
  await served.finished(run?.id ?? 0);
  const log = await served.log(run?.id ?? 0, 'none');
  expect(log).toContain('given=[]\n');
  expect(log).toContain('asked=401\n');
  for (const name of environments) {
    const made = await served.ask(
      'PUT',
      `/projects/octo/identity/environments/${encodeURIComponent(name)}`,
      {},
    );
    expect([name, made.status]).toEqual([name, 400]);
  }
  const { body } = await served.ask<{ runId: number }>('POST', '/projects/octo/identity/dispatches', {
    workflow: 'colon.yml',
  });
  expect(await served.finished(body.runId)).toMatchObject({ conclusion: 'failure' });
  for (const key of ['plain', 'encoded']) {
    const { conclusion, id } = await served.job(body.runId, key, () => true);
    expect([key, conclusion, id]).toEqual([key, 'failure', null]);
  }
});

test('29 an environment that is not known is an error that names it, and nothing of the job runs', async () => {
  const clone = await served.project(
    'octo/unknown',
    workflow(
      'ci.yml',
      'on: push\njobs:\n  deploy: { runs-on: ubuntu-latest, environment: producton, steps: [{ run: echo deployed }] }\n',
    ),
  );
  await served.ask('PUT', '/projects/octo/unknown/environments/production', {});
  await clone.git('push', '--quiet', 'origin', 'main');
  const [run] = await served.runs('?project=octo/unknown');
  expect(await served.finished(run?.id ?? 0)).toMatchObject({ conclusion: 'failure' });
  const job = await served.job(run?.id ?? 0, 'deploy', () => true);
  expect(job).toMatchObject({
    conclusion: 'failure',
    id: null,
    reason: expect.stringContaining('producton'),
  });
});
