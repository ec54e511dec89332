import { describe, expect, test } from 'vitest';
import { memoryApp } from '../../tests/memory/memory-app.ts';
import type { Probe } from './probe.ts';

const up = (name: string, required = true): Probe => ({ name, required, check: async () => {} });
const down = (name: string, required = true): Probe => ({
  name,
  required,
  check: async () => {
    throw new Error('connection refused');
  },
});

async function answer(path: string, services: Parameters<typeof memoryApp>[0]) {
  const response = await (await memoryApp(services)).request(path);
  return { status: response.status, body: await response.json() };
}

describe('GET /health', () => {
  test('is well when everything answers, and names the build', async () => {
    expect(await answer('/health', { healthProbes: [up('database'), up('redis', false)] })).toEqual({
      status: 200,
      body: { status: 'ok', checks: { database: 'up', redis: 'up' }, version: '1.2.3', commit: 'abc1234' },
    });
  });

  test('is 503 without the database', async () => {
    expect(await answer('/health', { healthProbes: [down('database'), up('redis', false)] })).toMatchObject({
      status: 503,
      body: { status: 'down', checks: { database: 'down', redis: 'up' } },
    });
  });

  test('is degraded, but 200, without Redis', async () => {
    expect(await answer('/health', { healthProbes: [up('database'), down('redis', false)] })).toMatchObject({
      status: 200,
      body: { status: 'degraded', checks: { database: 'up', redis: 'down' } },
    });
  });
});

describe('GET /ready', () => {
  test('wants traffic when all is well', async () => {
    expect(
      await answer('/ready', { healthProbes: [up('database')], readinessProbes: [up('schema')] }),
    ).toEqual({
      status: 200,
      body: { ready: true, draining: false, checks: { database: 'up', schema: 'up' } },
    });
  });

  test('wants none while migrations are pending, though the service is healthy', async () => {
    const services = { healthProbes: [up('database')], readinessProbes: [down('schema')] };
    expect(await answer('/ready', services)).toMatchObject({ status: 503, body: { ready: false } });
    expect(await answer('/health', services)).toMatchObject({ status: 200 });
  });

  test('wants none once shutdown has begun', async () => {
    expect(await answer('/ready', { isDraining: () => true })).toMatchObject({
      status: 503,
      body: { ready: false, draining: true },
    });
  });
});
