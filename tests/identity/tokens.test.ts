import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { MadeToken, TokenAnswer } from '@slipway/contracts/api/identity';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Served, serveForTest, workflow } from '../server/served.ts';
import { type People, peopleOf } from './people.ts';

let served: Served;
let people: People;

beforeAll(async () => {
  served = await serveForTest({ labels: [] });
  people = peopleOf(served);
  const ci = 'on: push\njobs:\n  a: { runs-on: far, steps: [{ run: "true" }] }\n';
  const clone = await served.project('octo/app', workflow('ci.yml', ci));
  await clone.git('push', '--quiet', 'origin', 'main', 'main:topic');
});
afterAll(() => served.close());

test('a token is kept as its hash only', async () => {
  const { token } = await people.token({ kind: 'person', name: 'kept' });
  const files = ['slipway.db', 'slipway.db-wal'].map((name) => readFileSync(path.join(served.data, name)));
  const kept = Buffer.concat(files);
  expect(kept.includes(token)).toBe(false);
  expect(kept.includes(createHash('sha256').update(token).digest('hex'))).toBe(true);
});

test('people see and revoke their own tokens, and admins of the server those of all', async () => {
  const own = await people.user('grace');
  const { body: made } = await people.ask<MadeToken>(own, 'POST', '/tokens', { kind: 'person', name: 'ci' });
  const { body } = await people.ask<{ tokens: TokenAnswer[] }>(own, 'GET', '/tokens');
  expect(body.tokens.map(({ name, owner }) => `${owner} ${name}`)).toEqual(['grace ci', 'grace test']);
  expect(JSON.stringify(body)).not.toContain(made.token);
  const again = await people.ask(own, 'POST', '/tokens', { kind: 'person', name: 'ci' });
  expect([again.status, again.body.error.code]).toEqual([409, 'token-exists']);
  const other = await people.token({ kind: 'person', name: 'of the admin'.replaceAll(' ', '-') });
  for (const id of [other.id, 999_999]) {
    expect((await people.ask(own, 'DELETE', `/tokens/${id}`)).status).toBe(403);
  }
  expect((await people.ask(own, 'GET', '/tokens?all=true')).status).toBe(403);
  expect((await people.ask(own, 'POST', '/tokens', { kind: 'runner', name: 'mine' })).status).toBe(403);
  const foreign = { kind: 'person', name: 'x', user: 'kept' };
  expect((await people.ask(own, 'POST', '/tokens', foreign)).status).toBe(403);
  expect((await people.ask(made.token, 'DELETE', `/tokens/${made.id}`)).status).toBe(204);
  expect((await people.ask(made.token, 'GET', '/user')).status).toBe(401);
});

test('a limited token makes no other and reaches no further than its scopes and its project', async () => {
  await people.user('dev', { 'octo/app': 'developer' });
  const limited = async (more: object) =>
    (await people.token({ kind: 'person', name: `l${Math.random()}`, user: 'dev', ...more })).token;
  const reading = await limited({ scopes: ['project.read'] });
  expect((await people.ask(reading, 'GET', '/runs/1')).status).toBe(200);
  expect((await people.ask(reading, 'POST', '/runs/1/cancel', {})).status).toBe(403);
  expect((await people.ask(reading, 'POST', '/tokens', { kind: 'person', name: 'more' })).status).toBe(403);
  const admins = await people.token({ kind: 'person', name: 'one-project', project: 'octo/app' });
  expect((await people.ask(admins.token, 'GET', '/runs/1')).status).toBe(200);
  expect((await people.ask(admins.token, 'GET', '/users')).status).toBe(403);
  expect((await people.ask(admins.token, 'POST', '/tokens', { kind: 'person', name: 'more' })).status).toBe(
    403,
  );
});

test('git takes tokens of users, by what they may', async () => {
  const reader = await people.user('reads', { 'octo/app': 'reader' });
  const refs = (token: string, service: string) =>
    fetch(`${served.server.url}/octo/app.git/info/refs?service=git-${service}`, {
      headers: { authorization: `Basic ${Buffer.from(`anything:${token}`).toString('base64')}` },
    }).then(({ status }) => status);
  expect(await refs(reader, 'upload-pack')).toBe(200);
  expect(await refs(reader, 'receive-pack')).toBe(403);
  expect(await refs(await people.user('nobody'), 'upload-pack')).toBe(403);
  expect(await refs('wrong', 'upload-pack')).toBe(401);
});

test('a runner with its token gets jobs and speaks for those only that its own runners have', async () => {
  const post = async (token: string, at: string, body: object) => {
    const response = await fetch(`${served.server.url}/runner/v1${at}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    return { status: response.status, body: response.status === 204 ? null : await response.json() };
  };
  const { token: one } = await people.token({ kind: 'runner', name: 'one' });
  const { token: other } = await people.token({ kind: 'runner', name: 'other' });
  const wish = { runner: 'box', labels: ['far'], waitMs: 0 };
  const claimed = await post(one, '/claims', wish);
  expect(claimed.status).toBe(200);
  const { jobId, fence } = claimed.body as { jobId: number; fence: number };
  const second = (await post(other, '/claims', wish)).body as { jobId: number };
  const { body } = await served.ask<{ runners: { name: string }[] }>('GET', '/runners');
  expect(body.runners.map(({ name }) => name)).toEqual(['one/box', 'other/box']);
  const beat = { fence, waitMs: 0, known: null };
  for (const [token, job, status] of [
    [other, jobId, 403],
    [one, second.jobId, 403],
    [one, 999_999, 403],
    [await people.user('person', { 'octo/app': 'admin' }), jobId, 403],
    ['wrong', jobId, 401],
    [one, jobId, 200],
    [served.token, second.jobId, 200],
  ] as const) {
    expect([job, (await post(token, `/jobs/${job}/heartbeat`, beat)).status]).toEqual([job, status]);
  }
});

test('what is followed ends soon after the token is revoked or the role is taken', async () => {
  const follow = async (token: string, at: string) => {
    const response = await fetch(`${served.server.url}/api/v1${at}`, {
      headers: { authorization: `Bearer ${token}` },
    });
    expect(response.status).toBe(200);
    // Resolves when the server ends it.
    return { ended: response.text() };
  };
  await people.user('revoked', { 'octo/app': 'reader' });
  const made = await people.token({ kind: 'person', name: 'follows', user: 'revoked' });
  const taken = await people.user('taken', { 'octo/app': 'reader' });
  const [run] = await served.runs('?project=octo/app&status=in_progress');
  const streams = await Promise.all([
    follow(made.token, '/events?project=octo/app'),
    follow(made.token, `/runs/${run?.id}/events`),
    follow(taken, '/events?project=octo/app'),
    follow(taken, `/runs/${run?.id}/events`),
  ]);
  await served.ask('DELETE', `/tokens/${made.id}`);
  await served.ask('DELETE', '/projects/octo/app/members/taken');
  await Promise.all(streams.map(({ ended }) => ended));
}, 60_000);
