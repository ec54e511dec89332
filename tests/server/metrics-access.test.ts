import { afterAll, beforeAll, expect, test } from 'vitest';
import { peopleOf } from '../identity/people.ts';
import { type Served, serveForTest } from './served.ts';

let served: Served;

beforeAll(async () => {
  served = await serveForTest({ labels: [], publicUrl: 'https://ci.example.com' });
}, 120_000);
afterAll(() => served?.close());

const read = (token?: string) =>
  fetch(`${served.server.url}/metrics`, {
    ...(token !== undefined && { headers: { authorization: `Bearer ${token}` } }),
  });

test('where a server is reached from elsewhere, its figures are for those who may see all projects', async () => {
  expect((await read()).status).toBe(401);
  const scraped = await read(served.token);
  expect(scraped.status).toBe(200);
  expect(await scraped.text()).toContain('slipway_jobs{');
  const people = peopleOf(served);
  const reader = await people.user('reader');
  expect((await read(reader)).status).toBe(403);
  const { body: pool } = await served.ask<{ token: string }>('POST', '/tokens', {
    kind: 'runner',
    name: 'pool',
  });
  expect((await read(pool.token)).status).toBe(403);
});
