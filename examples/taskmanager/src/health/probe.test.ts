import { expect, test } from 'vitest';
import { assessHealth, runProbes } from './probe.ts';

test('a probe without an answer in time counts as down and says why', async () => {
  const failures: string[] = [];
  const results = await runProbes(
    [{ name: 'database', required: true, check: () => new Promise<void>(() => {}) }],
    { timeoutMs: 5, onFailure: (name, reason) => failures.push(`${name}: ${(reason as Error).message}`) },
  );
  expect(results).toEqual([{ name: 'database', required: true, up: false }]);
  expect(failures).toEqual(['database: no answer within 5 ms']);
});

test('without probes there is nothing that could be down', () => {
  expect(assessHealth([])).toEqual({ status: 'ok', checks: {} });
});
