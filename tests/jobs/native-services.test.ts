import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { findOnPath } from '../../packages/runner/src/machine/binaries.ts';
import { parseImageReference } from '../../packages/runner/src/services/image-reference.ts';
import { findFreePort, isListening } from '../../packages/runner/src/services/native/host-port.ts';
import { createNativeServices } from '../../packages/runner/src/services/native/native-services.ts';
import { findPostgres } from '../../packages/runner/src/services/native/postgres-installation.ts';
import { type JobOptions, runJob, startJob } from './job-fixture.ts';

beforeEach(async (ctx) => {
  if (!(await findPostgres(parseImageReference('postgres')))) ctx.skip('PostgreSQL is not installed');
  if (!findOnPath('redis-server')) ctx.skip('Redis is not installed');
});

function withServices(): JobOptions {
  const slipwayHome = mkdtempSync(join(tmpdir(), 'slipway-services-home-'));
  onTestFinished(() => rmSync(slipwayHome, { recursive: true, force: true }));
  return { runner: { services: createNativeServices({ slipwayHome }) } };
}

const job = (body: string) => `jobs:\n  test:\n    runs-on: ubuntu-latest\n${body.replace(/^/gm, '    ')}`;

describe('services: without docker', () => {
  test('are up before the first step, reachable by their ports, and gone after the last', async () => {
    const report = await runJob(
      job(`
services:
  db:
    image: postgres:15-alpine
    env: { POSTGRES_USER: me, POSTGRES_PASSWORD: secret, POSTGRES_DB: app }
    ports: ['5432']
    options: >-
      --health-cmd pg_isready
      --health-interval 10s
      --health-timeout 5s
      --health-retries 5
  cache:
    image: redis:7-alpine
    ports: ['6379/tcp']
outputs:
  ports: \${{ job.services.db.ports['5432'] }} \${{ job.services.cache.ports['6379'] }}
steps:
  - name: ask
    env: { PGPASSWORD: secret, PORT: "\${{ job.services.db.ports['5432'] }}" }
    run: |
      psql -h localhost -p $PORT -U me -d app -Atc "select 'answer ' || 42"
      redis-cli -p \${{ job.services.cache.ports[6379] }} set key value
`),
      withServices(),
    );
    expect(report.log('ask')).toContain('answer 42\nOK\n');
    expect(report.finished.conclusion).toBe('success');
    const ports = report.finished.outputs.ports!.split(' ').map(Number);
    expect(ports).toHaveLength(2);
    for (const port of ports) expect(await isListening(port)).toBe(false);
  });

  test('two jobs that fix the same port take turns', async () => {
    const port = await findFreePort();
    const source = job(`
services:
  cache:
    image: redis:7
    ports: ['${port}:6379']
steps:
  - run: redis-cli -p ${port} incr jobs
`);
    const reports = await Promise.all([runJob(source, withServices()), runJob(source, withServices())]);
    for (const report of reports) {
      expect(report.finished.conclusion).toBe('success');
      expect(report.log()).toMatch(/^1$/m);
    }
    expect(reports.map((report) => report.log()).join()).toContain(
      `Waiting for port ${port}, which job test of run test uses`,
    );
  });

  test('an image that this machine can’t serve fails the job before any step, and says what to do', async () => {
    const report = await runJob(
      job('services:\n  queue: { image: rabbitmq:3 }\nsteps:\n  - run: echo never'),
      withServices(),
    );
    expect(report.finished.conclusion).toBe('failure');
    expect(report.finished.reason).toMatch(/queue \(rabbitmq:3\).*--executor docker/);
    expect(report.log()).not.toContain('never');
  });

  test('a service that never gets healthy fails the job with its log', async () => {
    const report = await runJob(
      job(`
services:
  cache:
    image: redis:7
    options: --health-cmd "echo not today; exit 1" --health-interval 100ms --health-retries 2
steps:
  - run: echo never
`),
      withServices(),
    );
    expect(report.log()).toMatch(
      /cache \(redis:7\) never got healthy: .*not today[\s\S]*Ready to accept connections/,
    );
    expect(report.finished.conclusion).toBe('failure');
  });

  test('a job that is killed leaves no server and no data', async () => {
    const port = await findFreePort();
    const { execution, report, shown } = startJob(
      job(`
services:
  db:
    image: postgres:15
    env: { POSTGRES_PASSWORD: secret }
    ports: ['${port}:5432']
steps:
  - run: echo up; sleep 600
`),
      withServices(),
    );
    await shown(/^up$/m);
    expect(await isListening(port)).toBe(true);
    execution.kill();
    await report;
    expect(await isListening(port)).toBe(false);
    expect(readdirSync(tmpdir()).filter((name) => /^slipway_.*-db-/.test(name))).toEqual([]);
  });
});
