import { errorTable } from '@slipway/contracts/errors';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Served, serveForTest, workflow } from './served.ts';

const room = { freeBytes: 10_000 };
let served: Served;

beforeAll(async () => {
  served = await serveForTest({ labels: [], minFreeBytes: 1_000, freeBytes: async () => room.freeBytes });
  const clone = await served.project('octo/app', {
    ...workflow(
      'go.yml',
      'on: [push, workflow_dispatch]\njobs:\n  a: { runs-on: x, steps: [{ run: "true" }] }\n',
    ),
  });
  await clone.git('push', '--quiet', 'origin', 'main');
});
afterAll(() => served.close());

describe('a request that cannot be meant', () => {
  test.each<[string, string, unknown, number, string, string | undefined]>([
    ['POST', '/projects', { name: 'no-owner' }, 400, 'bad-request', 'name'],
    ['POST', '/projects', { name: 'octo/../etc' }, 400, 'bad-request', 'name'],
    ['POST', '/projects', { name: 'octo/..' }, 400, 'bad-request', 'name'],
    ['POST', '/projects', { name: 'octo/app' }, 409, 'project-exists', 'name'],
    ['POST', '/projects', { name: 'OCTO/App' }, 409, 'project-exists', 'name'],
    ['POST', '/projects', { name: 'octo/new', colour: 'red' }, 400, 'bad-request', 'colour'],
    ['POST', '/projects', { name: 'octo/new', source: { kind: 'svn' } }, 400, 'bad-request', 'source.kind'],
    ['POST', '/projects', { name: 'octo/new', retentionDays: 0 }, 400, 'bad-request', 'retentionDays'],
    ['POST', '/projects', { name: 'octo/new', defaultBranch: '-x' }, 400, 'bad-request', 'defaultBranch'],
    ['POST', '/projects', '{"name":', 400, 'bad-request', undefined],
    ['GET', '/projects/octo/none', undefined, 404, 'unknown-project', undefined],
    ['PATCH', '/projects/octo/app', { name: 'x/y' }, 400, 'bad-request', 'name'],
    ['PUT', '/projects/octo/app/secrets/1BAD', { value: 'x' }, 400, 'bad-request', 'secret'],
    ['DELETE', '/projects/octo/app/secrets/NONE', undefined, 404, 'unknown-secret', undefined],
    ['POST', '/projects/octo/app/dispatches', {}, 400, 'bad-request', 'workflow'],
    [
      'POST',
      '/projects/octo/app/dispatches',
      { workflow: 'go.yml', inputs: { x: {} } },
      400,
      'bad-request',
      'inputs.x',
    ],
    [
      'POST',
      '/projects/octo/app/dispatches',
      { workflow: 'go.yml', inputs: { x: '1' } },
      422,
      'invalid-inputs',
      'inputs',
    ],
    [
      'POST',
      '/projects/octo/app/pull-requests',
      { title: 'A topic', head: 'no' },
      404,
      'unknown-ref',
      'head',
    ],
    ['GET', '/runs?colour=red', undefined, 400, 'bad-request', 'colour'],
    ['GET', '/runs?limit=1000', undefined, 400, 'bad-request', 'limit'],
    ['GET', '/runs?status=done', undefined, 400, 'bad-request', 'status'],
    ['GET', '/runs/abc', undefined, 400, 'bad-request', 'run'],
    ['GET', '/runs/999', undefined, 404, 'unknown-run', undefined],
    ['GET', '/runs/999/jobs', undefined, 404, 'unknown-run', undefined],
    ['GET', '/runs/999/events', undefined, 404, 'unknown-run', undefined],
    ['POST', '/runs/999/cancel', {}, 404, 'unknown-run', undefined],
    ['POST', '/runs/1/cancel', { how: 'gently' }, 400, 'bad-request', 'how'],
    ['POST', '/runs/1/rerun', {}, 409, 'run-not-finished', undefined],
    ['POST', '/runs/1/rerun', { jobs: 'all', job: 'a' }, 400, 'bad-request', 'job'],
    ['GET', '/jobs/999/log', undefined, 404, 'unknown-job', undefined],
    ['GET', '/nowhere', undefined, 404, 'unknown-route', undefined],
  ])('%s %s %j is answered with %i %s %s', async (method, path, body, status, code, field) => {
    const answer = await served.ask<{ error: Record<string, string> }>(method, path, body);
    expect(answer).toMatchObject({ status, body: { error: { code, message: expect.any(String) } } });
    expect(answer.body.error.field).toBe(field);
    expect(errorTable[code as keyof typeof errorTable].status).toBe(status);
  });

  test('is refused without a token or with a wrong one, whatever it asks for', async () => {
    for (const path of ['/api/v1/projects', '/api/v1/runs/1', '/api/v1/nowhere', '/runner/v1/claims']) {
      for (const headers of [
        {},
        { authorization: 'Bearer wrong' },
        { authorization: 'Basic d3Jvbmc6d3Jvbmc=' },
      ]) {
        const method = path.startsWith('/runner') ? 'POST' : 'GET';
        const response = await fetch(`${served.server.url}${path}`, { method, headers });
        expect(response.status, path).toBe(401);
        expect(await response.json()).toMatchObject({ error: { code: 'unauthorized' } });
      }
    }
  });

  test('is refused when its body is too large, and when nothing is served there', async () => {
    const large = { workflow: 'x'.repeat(2 * 1024 ** 2) };
    expect(await served.ask('POST', '/projects/octo/app/dispatches', large)).toMatchObject({
      status: 413,
      body: { error: { code: 'too-large' } },
    });
    const response = await fetch(`${served.server.url}/favicon.ico`);
    expect([response.status, await response.json()]).toMatchObject([
      404,
      { error: { code: 'unknown-route' } },
    ]);
  });
});

test('a full disk stops new work, keeps what is there readable, and is over by itself', async () => {
  const ready = async () => (await fetch(`${served.server.url}/readyz`)).status;
  const dispatch = () => served.ask('POST', '/projects/octo/app/dispatches', { workflow: 'go.yml' });
  expect(await ready()).toBe(200);
  room.freeBytes = 900;
  while ((await ready()) !== 507) await new Promise((resolve) => setTimeout(resolve, 100));
  expect(await dispatch()).toMatchObject({ status: 507, body: { error: { code: 'storage-full' } } });
  expect(await served.ask('GET', '/runs/1')).toMatchObject({ status: 200 });
  expect((await fetch(`${served.server.url}/healthz`)).status).toBe(200);
  // As much as is least is not enough to begin again.
  room.freeBytes = 1_100;
  expect(await ready()).toBe(507);
  room.freeBytes = 5_000;
  while ((await ready()) !== 200) await new Promise((resolve) => setTimeout(resolve, 100));
  expect((await dispatch()).status).toBe(201);
});

test('the interface describes itself, each route with its answers', async () => {
  const response = await fetch(`${served.server.url}/api/v1/openapi.json`);
  const description = (await response.json()) as {
    openapi: string;
    paths: Record<string, Record<string, { responses: object; summary?: string }>>;
  };
  expect(description.openapi).toBe('3.1.0');
  expect(Object.keys(description.paths)).toEqual(
    expect.arrayContaining(['/projects', '/runs/{run}/cancel', '/jobs/{job}/log', '/queue']),
  );
  for (const [path, methods] of Object.entries(description.paths)) {
    for (const [method, { summary, responses }] of Object.entries(methods)) {
      expect(summary, `${method} ${path}`).toBeTruthy();
      expect(Object.keys(responses).length, `${method} ${path}`).toBeGreaterThan(0);
    }
  }
});
