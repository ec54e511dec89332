import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { type Faults, noFaults } from '../../src/faults/faults.ts';
import { startHttpServer } from '../../src/lifecycle/http-server.ts';
import { ada, memoryApp, password } from '../memory/memory-app.ts';

/** The load test against the API in this process, with what plays it. */
async function runLoadTest(faults: Partial<Faults> = {}) {
  const app = await memoryApp({ faults: { ...noFaults, ...faults }, random: every(5) });
  const server = await startHttpServer({ fetch: app.fetch, host: '127.0.0.1', port: 0 });
  const folder = await mkdtemp(join(tmpdir(), 'load-test-'));
  onTestFinished(async () => {
    await server.close(0);
    await rm(folder, { recursive: true });
  });
  const env = {
    ...process.env,
    ...{
      BASE_URL: `http://127.0.0.1:${server.port}`,
      TEST_USER_EMAIL: ada.email,
      TEST_USER_PASSWORD: password,
    },
    ...{ LOAD_SECONDS: '2', LOAD_USERS: '2', LOAD_RESULT: join(folder, 'result.json') },
  };
  const run = async (script: string) => {
    const child = spawn(process.execPath, [join(import.meta.dirname, script)], { env, stdio: 'ignore' });
    const [code] = await once(child, 'close');
    return code as number;
  };
  const played = await run('run-load-test.js');
  const checked = await run('check-thresholds.js');
  const result: unknown = JSON.parse(await readFile(env.LOAD_RESULT, 'utf8'));
  return { played, checked, result };
}

/** A number below any rate once in `count` times. The first is not: it is the sign-in. */
function every(count: number): () => number {
  let asked = 0;
  return () => (++asked % count === 0 ? 0 : 0.999);
}

const hasK6 = spawnSync('k6', ['version']).status === 0;
const hasAutocannon = existsSync(join(import.meta.dirname, 'node_modules/autocannon'));

test('k6 plays the scenario where it is installed, and what it measured is checked', async (ctx) => {
  if (!hasK6) return ctx.skip('k6 is not installed');
  const { played, checked, result } = await runLoadTest();
  expect(result).toMatchObject({
    tool: 'k6',
    errorRate: 0,
    requests: expect.toSatisfy((count) => count > 8),
  });
  expect({ played, checked }).toEqual({ played: 0, checked: 0 });
});

test('k6 ends with 99 when a threshold is crossed, and so does the check fail', async (ctx) => {
  if (!hasK6) return ctx.skip('k6 is not installed');
  const { played, checked, result } = await runLoadTest({ errorRate: 0.2 });
  expect(result).toMatchObject({ tool: 'k6', errorRate: expect.toSatisfy((rate) => rate > 0.01) });
  expect({ played, checked }).toEqual({ played: 99, checked: 1 });
});

test('where there is no k6 autocannon plays it, and the check fails for errors', async (ctx) => {
  if (hasK6) return ctx.skip('k6 is installed');
  if (!hasAutocannon) return ctx.skip('autocannon is not installed: npm ci in tests/performance');
  const good = await runLoadTest();
  expect(good).toMatchObject({ played: 0, checked: 0, result: { tool: 'autocannon', errorRate: 0 } });
  const bad = await runLoadTest({ errorRate: 0.2 });
  expect(bad).toMatchObject({ played: 0, checked: 1 });
});
