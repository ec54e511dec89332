import { gzipSync } from 'node:zlib';
import type { AlertsAnswer } from '@slipway/contracts/api/alerts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runSlipway } from '../slipway-process.ts';
import { type Clone, type Served, serveForTest } from './served.ts';

let served: Served;
let clone: Clone;

beforeAll(async () => {
  served = await serveForTest({ labels: [] });
  clone = await served.project('octo/app', { 'a.ts': '1' });
  await clone.git('push', '--quiet', 'origin', 'main');
}, 120_000);
afterAll(() => served?.close());

/** As github/codeql-action/upload-sarif does. */
async function upload(results: { rule: string; line: number }[], job = 'scan'): Promise<void> {
  const physicalLocation = (startLine: number) => ({
    artifactLocation: { uri: 'a.ts' },
    region: { startLine },
  });
  const sarif = {
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'Scanner' } },
        results: results.map(({ rule, line }) => ({
          ruleId: rule,
          level: 'error',
          message: { text: `${rule} is there` },
          locations: [{ physicalLocation: physicalLocation(line) }],
        })),
      },
    ],
  };
  const response = await fetch(`${served.server.url}/api/v3/repos/octo/app/code-scanning/analysis`, {
    method: 'PUT',
    headers: { authorization: `token ${served.token}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      commit_oid: (await clone.git('rev-parse', 'HEAD')).trim(),
      ref: 'refs/heads/main',
      analysis_key: `.github/workflows/scan.yml:${job}`,
      sarif: gzipSync(JSON.stringify(sarif)).toString('base64'),
    }),
  });
  expect(response.status, await response.text()).toBe(202);
}

async function alerts(query = ''): Promise<AlertsAnswer['alerts']> {
  return (await served.ask<AlertsAnswer>('GET', `/projects/octo/app/alerts${query}`)).body.alerts;
}

test('what two scans have found is one alert, and what the later one has not found any more is fixed', async () => {
  await upload([
    { rule: 'moves', line: 3 },
    { rule: 'goes', line: 5 },
  ]);
  const [goes, moves] = await alerts('?state=open');
  expect([goes, moves]).toMatchObject([
    { rule: 'goes', severity: 'error', path: 'a.ts', line: 5, tool: 'Scanner', ref: 'refs/heads/main' },
    { rule: 'moves', line: 3, message: 'moves is there' },
  ]);
  await upload([{ rule: 'moves', line: 30 }]);
  expect(await alerts()).toMatchObject([
    { id: goes?.id, rule: 'goes', state: 'fixed' },
    { id: moves?.id, rule: 'moves', state: 'open', line: 30 },
  ]);
  expect(await alerts('?ref=refs/heads/other')).toEqual([]);
  const shown = await runSlipway(['alerts', '--project', 'octo/app'], {
    cwd: served.data,
    env: { SLIPWAY_SERVER: served.server.url, SLIPWAY_TOKEN: served.token },
  });
  expect(shown.status, shown.stderr).toBe(0);
  expect(shown.stdout).toMatch(/open +error +a\.ts:30 +Scanner moves +moves is there/);
  expect(shown.stdout).not.toContain('goes');
}, 180_000);

test('an alert that one scan has not found any more is shown where another one still finds it', async () => {
  await upload([{ rule: 'twice', line: 7 }]);
  await upload([{ rule: 'twice', line: 70 }], 'nightly');
  await upload([], 'nightly');
  const [twice] = await alerts('?state=open');
  expect(twice).toMatchObject({ rule: 'twice', state: 'open', line: 7 });
});
