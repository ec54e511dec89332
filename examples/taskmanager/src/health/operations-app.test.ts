import { pino } from 'pino';
import { expect, test } from 'vitest';
import { createRegistry } from '../metrics/metrics.ts';
import { createOperationsApp } from './operations-app.ts';

const build = { version: '1.2.3', commit: 'abc1234' };
const app = createOperationsApp({
  log: pino({ level: 'silent' }),
  monotonicMs: () => 0,
  registry: createRegistry('worker', build),
  healthProbes: [],
  readinessProbes: [],
  isDraining: () => false,
  build,
});

test.each(['/health', '/ready', '/metrics'])('a process without an API has %s', async (path) => {
  expect((await app.request(path)).status).toBe(200);
});

test('and nothing else', async () => {
  const response = await app.request('/api/v1/tasks');
  expect(response.status).toBe(404);
  expect(await response.json()).toMatchObject({ code: 'not-found' });
});
