import { describe, expect, test } from 'vitest';
import { memoryApp } from '../../tests/memory/memory-app.ts';
import { readApiConfig } from '../config/api-config.ts';
import { activeFaults, noFaults } from './faults.ts';
import { faultProbes, startFaults } from './inject-faults.ts';

const required = { DATABASE_URL: 'postgresql://localhost/tasks', REDIS_URL: 'redis://localhost' };

function faultsOf(env: Record<string, string>) {
  const reading = readApiConfig({ ...required, ...env });
  if (reading.kind === 'invalid') throw new Error(reading.problems.join('; '));
  return reading.value.faults;
}

describe('configuration', () => {
  test('nothing is wrong by default', () => {
    expect(faultsOf({})).toEqual(noFaults);
    expect(activeFaults(faultsOf({}))).toEqual([]);
  });

  test('each fault has its variable', () => {
    const faults = faultsOf({
      FAULT_ERROR_RATE: '0.3',
      FAULT_LATENCY_MS: '250',
      FAULT_HEALTH: 'true',
      FAULT_CRASH_AFTER_MS: '0',
      FAULT_MIGRATION: 'true',
      FAULT_LEAK_MB: '10',
      FAULT_AFTER_MS: '500',
    });
    expect(faults).toEqual({
      errorRate: 0.3,
      latencyMs: 250,
      failHealth: true,
      crashAfterMs: 0,
      failMigration: true,
      leakMbPerSecond: 10,
      afterMs: 500,
    });
  });

  test('faults of one environment are on there and nowhere else', () => {
    const bad = { FAULT_ERROR_RATE: '0.3', FAULT_ENVIRONMENT: 'production' };
    expect(faultsOf({ ...bad, APP_ENVIRONMENT: 'production' }).errorRate).toBe(0.3);
    expect(faultsOf({ ...bad, APP_ENVIRONMENT: 'staging' })).toEqual(noFaults);
    expect(faultsOf(bad)).toEqual(noFaults);
  });

  test('a percentage in place of a part is refused, rather than failing everything', () => {
    const reading = readApiConfig({ ...required, FAULT_ERROR_RATE: '30', FAULT_HEALTH: 'yes' });
    expect(reading).toEqual({
      kind: 'invalid',
      problems: ['FAULT_ERROR_RATE: must be a number from 0 to 1', 'FAULT_HEALTH: must be true or false'],
    });
  });
});

describe('errors and latency', () => {
  test('begin only when the process has worked for a while', async () => {
    let uptime = 499;
    const faults = { ...noFaults, errorRate: 1, afterMs: 500 };
    const app = await memoryApp({ faults, monotonicMs: () => uptime });
    expect((await app.request('/api/v1/tasks')).status).toBe(401);
    uptime = 500;
    expect((await app.request('/api/v1/tasks')).status).toBe(500);
  });

  test('the given part of the API requests fails, and nothing else does', async () => {
    const draws = [0.29, 0.3, 0.99];
    const app = await memoryApp({
      faults: { ...noFaults, errorRate: 0.3 },
      random: () => draws.shift() ?? 0,
    });
    const status = async (path: string) => (await app.request(path)).status;
    expect([
      await status('/api/v1/tasks'),
      await status('/api/v1/tasks'),
      await status('/api/v1/tasks'),
    ]).toEqual([500, 401, 401]);
    expect(await status('/health')).toBe(200);
  });

  test('latency is added to API requests', async () => {
    const app = await memoryApp({ faults: { ...noFaults, latencyMs: 40 } });
    const begun = performance.now();
    expect((await app.request('/api/v1/tasks')).status).toBe(401);
    // A timer may fire up to a millisecond early.
    expect(performance.now() - begun).toBeGreaterThanOrEqual(39);
  });
});

test('failing health is a probe that is down', async () => {
  const app = await memoryApp({ healthProbes: faultProbes({ ...noFaults, failHealth: true }) });
  const response = await app.request('/health');
  expect(response.status).toBe(503);
  expect(await response.json()).toMatchObject({ checks: { fault: 'down' } });
  expect(faultProbes(noFaults)).toEqual([]);
});

test('without faults nothing is started', () => {
  const timers = process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
  startFaults(noFaults);
  expect(process.getActiveResourcesInfo().filter((name) => name === 'Timeout')).toHaveLength(timers);
});
