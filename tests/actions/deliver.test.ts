import { describe, expect, test } from 'vitest';
import { runAction, serveJson, temporaryFolder } from './action-step.ts';
import { called, slipway } from './slipway-stand-in.ts';

const digest = `sha256:${'2'.repeat(64)}`;

describe('release', () => {
  test('hands components and evidence to the command line, and its tag on', async () => {
    const cwd = temporaryFolder();
    const answer = JSON.stringify({ id: 4, tag: 'v1-abc-T', components: { api: digest } });
    const { status, outputs } = await runAction(
      'release/release.mjs',
      {
        COMPONENTS: `api=${digest}\n`,
        EVIDENCE: '[{"kind":"x"}]\n\n[]\n',
        VERSION: 'v1',
        BUILT_AT: '20261125T144658Z',
        COMMIT: 'c',
        RELEASE: '',
      },
      { cwd, programs: slipway(cwd, answer) },
    );
    expect(status).toBe(0);
    expect(outputs).toEqual({ tag: 'v1-abc-T', id: '4' });
    expect(called(cwd)[0]).toMatch(
      new RegExp(
        `release create --json --commit=c --version=v1 --built-at=20261125T144658Z --component=api=${digest} --evidence=/`,
      ),
    );
  });

  test('evidence that is broken is shown', async () => {
    const env = { COMPONENTS: `api=${digest}`, EVIDENCE: '[{"kind":' };
    const { status, stdout } = await runAction('release/release.mjs', env);
    expect({ status, stdout }).toEqual({
      status: 1,
      stdout: '::error title=Release::This is no JSON: [{"kind":\n',
    });
  });

  test('needs to know which of the two it is to do', async () => {
    const { status } = await runAction('release/release.mjs', { COMPONENTS: '', RELEASE: '', EVIDENCE: '' });
    expect(status).toBe(1);
  });
});

describe('deploy', () => {
  const inputs = { ENVIRONMENT: 'production', RELEASE: 'v1', PLAN: 'false', PLAN_HASH: '' };
  const plan = {
    ...{
      environment: 'production',
      target: 'process',
      strategy: 'linear',
      leastDurationMs: 1000,
      findings: [],
    },
    ...{ release: { tag: 'v1' }, components: [{ name: 'api', now: null, next: digest }] },
    ...{ migrations: [{ name: '0004', kind: 'expand' }], protection: { reviewers: ['lead'] } },
  };

  test('a plan is shown, and its hash handed on', async () => {
    const cwd = temporaryFolder();
    const programs = slipway(cwd, JSON.stringify({ plan, planHash: 'f'.repeat(64) }));
    const { status, outputs, summary } = await runAction(
      'deploy/deploy.mjs',
      { ...inputs, PLAN: 'true' },
      { cwd, programs },
    );
    expect(status).toBe(0);
    expect(outputs).toEqual({ 'plan-hash': 'f'.repeat(64) });
    expect(summary).toContain('migrations: 0004 (expand)');
  });

  test('migrations that are pending can’t be skipped', async () => {
    const cwd = temporaryFolder();
    const programs = slipway(cwd, JSON.stringify({ plan, planHash: 'f'.repeat(64) }));
    const { status, stdout } = await runAction(
      'deploy/deploy.mjs',
      { ...inputs, PLAN: 'true', EXPECT_NO_MIGRATIONS: 'true' },
      { cwd, programs },
    );
    expect(status).toBe(1);
    expect(stdout).toContain('0004');
  });

  test('a deployment that was taken back fails with its reason', async () => {
    const cwd = temporaryFolder();
    const lines = [
      { kind: 'event', at: 0, weight: 10, lines: ['Verdict fail: error-rate'] },
      {
        ...{ kind: 'summary', id: 9, state: 'rolled-back', planHash: 'f', release: { tag: 'v1' } },
        cause: { kind: 'analysis', reason: 'error-rate was 0.3' },
      },
    ];
    const programs = slipway(cwd, lines.map((line) => JSON.stringify(line)).join('\n'), 1);
    const { status, stdout, outputs } = await runAction(
      'deploy/deploy.mjs',
      { ...inputs, PLAN_HASH: 'f' },
      { cwd, programs },
    );
    expect(status).toBe(1);
    expect(outputs).toMatchObject({ deployment: '9', state: 'rolled-back' });
    expect(stdout).toContain(' 10 %  Verdict fail: error-rate');
    expect(stdout).toContain(
      '::error title=Deploy::Deployment 9 of v1 to production is rolled-back: error-rate was 0.3',
    );
    expect(called(cwd)[0]).toContain('deploy production --release=v1 --json --follow --plan-hash=f');
  });
});

describe('migrate', () => {
  const inputs = {
    COMMAND: 'true',
    IMAGE: '',
    VARIABLES: 'DATABASE_URL',
    PENDING_COMMAND: '',
    TIMEOUT_MINUTES: '1',
  };

  test('what is pending is shown before, and then they run', async () => {
    const { status, summary } = await runAction('migrate/migrate.mjs', {
      ...inputs,
      PENDING_COMMAND: `echo '{"name":"0001","kind":"expand"}'`,
    });
    expect(status).toBe(0);
    expect(summary).toContain('0001 (expand)');
  });

  test.each([
    ['an exit code', { COMMAND: 'exit 3' }, 'exit code 3'],
    ['an end from outside', { COMMAND: 'kill -9 $$' }, 'signal SIGKILL'],
    ['too much time', { COMMAND: 'sleep 60', TIMEOUT_MINUTES: '0.005' }, 'were stopped'],
    ['an unmarked migration', { PENDING_COMMAND: `echo '{"name":"0002"}'` }, '0002 doesn'],
    [
      'what is no list of migrations',
      { PENDING_COMMAND: 'echo "> shop@1.0.0 pending"' },
      'This is no JSON: > shop',
    ],
    ['a time that is none', { TIMEOUT_MINUTES: 'ten' }, "timeout-minutes is 'ten', which is no number"],
    ['a mutable image', { IMAGE: 'shop-migrations:latest' }, 'can come to mean something else'],
  ])('%s fails the step', async (_, changed, message) => {
    const { status, stdout } = await runAction('migrate/migrate.mjs', { ...inputs, ...changed });
    expect(status).toBe(1);
    expect(stdout).toContain(message);
  });
});

describe('smoke test', () => {
  test('waits until the deployment is well, then runs the command against it', async () => {
    let asked = 0;
    const { url } = await serveJson(() => ({ status: ++asked < 2 ? 503 : 200, body: {} }));
    const inputs = { BASE_URL: `${url}/`, HEALTH_PATH: '/health', WAIT_SECONDS: '30' };
    const { status, stdout } = await runAction('smoke-test/smoke-test.mjs', {
      ...inputs,
      COMMAND: 'echo "at $BASE_URL"',
    });
    expect(status).toBe(0);
    expect(stdout).toContain(`at ${url}\n`);
    const failed = await runAction('smoke-test/smoke-test.mjs', { ...inputs, COMMAND: 'exit 4' });
    expect(failed.status).toBe(1);
  });

  test('fails with what it met when there is no good answer in time', async () => {
    const { url } = await serveJson(() => ({ status: 500, body: {} }));
    const inputs = { BASE_URL: url, HEALTH_PATH: '/health', WAIT_SECONDS: '0', COMMAND: '' };
    const { status, stdout } = await runAction('smoke-test/smoke-test.mjs', inputs);
    expect(status).toBe(1);
    expect(stdout).toContain('it answers 500');
  });
});
