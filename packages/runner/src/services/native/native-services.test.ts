import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { findOnPath } from '../../machine/binaries.ts';
import { endTracked } from '../../processes/tracking.ts';
import { parseImageReference } from '../image-reference.ts';
import { testServiceProvider } from '../service-provider.contract.ts';
import type { RunningService, ServiceProvider, ServiceRequest } from '../service-provider.ts';
import { isListening } from './host-port.ts';
import { findMysql } from './mysql-installation.ts';
import { createNativeServices } from './native-services.ts';
import { findPostgres } from './postgres-installation.ts';

const unavailable = async () => {
  if (!(await findPostgres(parseImageReference('postgres')))) return 'PostgreSQL is not installed';
  return findOnPath('redis-server') ? null : 'Redis is not installed';
};

testServiceProvider({
  name: 'the machine’s own servers',
  create: (home) => createNativeServices({ slipwayHome: home }),
  unavailable,
  images: { postgres: 'postgres:15-alpine', redis: 'redis:7-alpine' },
  psql: findOnPath('psql'),
});

const run = promisify(execFile);
let home: string;
let provider: ServiceProvider;
beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'slipway-native-'));
  provider = createNativeServices({ slipwayHome: home });
});
afterAll(() => rmSync(home, { recursive: true, force: true }));

let jobs = 0;

async function start(
  request: Partial<ServiceRequest>,
): Promise<{ service: RunningService; lines: string[] }> {
  jobs += 1;
  const lines: string[] = [];
  const service = await provider.start(requestOf(request), {
    trackingId: `slipway_${process.pid}native_${jobs}`,
    directory: join(home, `job-${jobs}`),
    log: (line) => lines.push(line),
    signal: new AbortController().signal,
  });
  onTestFinished(() => service.stop());
  return { service, lines };
}

function requestOf(request: Partial<ServiceRequest>): ServiceRequest {
  return { id: 'db', image: 'postgres:15', env: {}, ports: [], volumes: [], options: '', ...request };
}

describe('what the machine’s own servers can’t be', () => {
  test.each([
    [{ image: 'rabbitmq:3' }, /only postgres, redis, valkey, mysql and mariadb images.*--executor docker/],
    [{ image: 'bitnami/postgresql:15' }, /only postgres, redis/],
    [{ image: 'ghcr.io/acme/postgres:15' }, /only postgres, redis/],
  ])('%j is refused with what to do', async (request, reason) => {
    expect(await provider.cannotServe(requestOf(request))).toMatch(reason);
  });

  test('a missing server is named with the command that installs it', async () => {
    const path = process.env.PATH;
    process.env.PATH = '/nowhere';
    onTestFinished(() => {
      process.env.PATH = path;
    });
    expect(await provider.cannotServe(requestOf({ image: 'redis:7' }))).toMatch(
      /this machine has no Redis: install .*, or run this job with --executor docker/,
    );
  });

  test.each([
    [{ image: 'postgis/postgis:15-3.3' }, /extension postgis/],
    [{ volumes: ['./init:/docker-entrypoint-initdb.d'] }, /the volume \.\/init/],
    [{ options: '-v /a:/b' }, /the volume \/a:\/b/],
    [{ entrypoint: 'sh' }, /entrypoint/],
    [{ env: { POSTGRES_PASSWORD_FILE: '/run/secrets/x' } }, /names a file of a container/],
  ])('%j needs docker', async (request, reason) => {
    if (await unavailable()) return;
    expect(await provider.cannotServe(requestOf(request))).toMatch(reason);
  });
});

describe('PostgreSQL of this machine', () => {
  beforeEach(async (ctx) => {
    const reason = await unavailable();
    if (reason) ctx.skip(reason);
  });

  test('refuses to start without a password, as the image does', async () => {
    await expect(start({})).rejects.toMatchObject({ code: 'invalid-request', message: /POSTGRES_PASSWORD/ });
  });

  test('a version that differs from the tag’s is told', async () => {
    const { lines } = await start({ image: 'postgres:9.6', env: { POSTGRES_PASSWORD: 'x' } });
    expect(lines.join('\n')).toMatch(/PostgreSQL [\d.]+ is not the version that postgres:9\.6 names/);
  });

  test('honours POSTGRES_INITDB_ARGS, server options in command, and passwords with newlines', async (ctx) => {
    const psql = findOnPath('psql');
    if (!psql) ctx.skip('psql is not installed');
    const password = "two\nlines 'quoted' \\ and more";
    const { service } = await start({
      env: {
        POSTGRES_PASSWORD: password,
        POSTGRES_INITDB_ARGS: '--auth-host=scram-sha-256 -A scram-sha-256 --data-checksums',
      },
      command: 'postgres -c max_connections=17 -p 6000',
      ports: ['6000'],
    });
    expect(Object.keys(service.ports)).toEqual(['6000']);
    const args = [
      '-h',
      '127.0.0.1',
      '-p',
      service.ports['6000']!,
      '-U',
      'postgres',
      '-Atc',
      'show max_connections; show data_checksums',
    ];
    const { stdout } = await run(psql!, args, { env: { PGPASSWORD: password } });
    expect(stdout.trim().split('\n')).toEqual(['17', 'on']);
  });

  test('a health command can query its database without a password, by the container’s port', async () => {
    const { lines } = await start({
      env: { POSTGRES_USER: 'tester', POSTGRES_PASSWORD: 'secret', POSTGRES_DB: 'app' },
      options: `--health-cmd "psql -h localhost -p 5432 -U $POSTGRES_USER -d $POSTGRES_DB -c 'select 1'" --health-interval 1s --health-retries 20`,
    });
    expect(lines.at(-1)).toMatch(/healthy after/);
  });

  test('a template is made once and used again', async () => {
    const templates = join(home, 'services', 'templates');
    await start({ env: { POSTGRES_PASSWORD: 'one', POSTGRES_DB: 'templated' } });
    const made = readdirSync(templates);
    await start({ env: { POSTGRES_PASSWORD: 'two', POSTGRES_DB: 'templated' } });
    expect(readdirSync(templates)).toEqual(made);
  });

  test('a fixed port that a foreign process holds fails at once and names the holder', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    onTestFinished(() => void server.close());
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    await expect(start({ env: { POSTGRES_PASSWORD: 'x' }, ports: [`${port}:5432`] })).rejects.toMatchObject({
      code: 'port-taken',
      message: expect.stringMatching(new RegExp(`wants port ${port}, which .*process ${process.pid}`)),
    });
  });

  test('when the process that started them is killed, its servers end and a sweep finds nothing alive', async (ctx) => {
    if (process.platform !== 'linux') ctx.skip('only Linux ends children of a killed process');
    const trackingId = `slipway_${process.pid}killed_1`;
    const script = `
      const { createNativeServices } = await import(${JSON.stringify(new URL('./native-services.ts', import.meta.url).href)});
      const provider = createNativeServices({ slipwayHome: ${JSON.stringify(home)} });
      const context = { trackingId: '${trackingId}', directory: ${JSON.stringify(join(home, 'killed'))}, log() {}, signal: new AbortController().signal };
      const request = { volumes: [], options: '', env: { POSTGRES_PASSWORD: 'x' } };
      const services = await Promise.all([
        provider.start({ ...request, id: 'db', image: 'postgres', ports: ['5432'] }, context),
        provider.start({ ...request, id: 'cache', image: 'redis', ports: ['6379'] }, context),
      ]);
      console.log(JSON.stringify(services.map((service) => Number(Object.values(service.ports)[0]))));
      setInterval(() => {}, 1000);`;
    const owner = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    onTestFinished(() => void owner.kill('SIGKILL'));
    const [text] = (await once(owner.stdout, 'data')) as [Buffer];
    const ports: number[] = JSON.parse(text.toString());
    owner.kill('SIGKILL');
    await endTracked(trackingId);
    for (const port of ports) await expect.poll(() => isListening(port), { timeout: 20_000 }).toBe(false);
    for (const left of readdirSync(tmpdir()).filter((name) => name.startsWith(trackingId))) {
      rmSync(join(tmpdir(), left), { recursive: true, force: true });
    }
  });
});

describe('MySQL or MariaDB of this machine', () => {
  beforeEach(async (ctx) => {
    if (!(await findMysql(parseImageReference('mysql')))) ctx.skip('neither MySQL nor MariaDB is installed');
  });

  test('has the database and the user that the environment names, and wants the password', async (ctx) => {
    const client = findOnPath('mysql') ?? findOnPath('mariadb');
    if (!client) ctx.skip('no MySQL client is installed');
    const { service, lines } = await start({
      id: 'mysql',
      image: 'mysql:8.0',
      env: { MYSQL_ROOT_PASSWORD: 'top', MYSQL_DATABASE: 'my_app', MYSQL_USER: 'me', MYSQL_PASSWORD: "it's" },
      ports: ['3306'],
      command: '--default-authentication-plugin=mysql_native_password --max-connections=33',
      options:
        '--health-cmd="mysqladmin ping -h localhost -P 3306 -ptop" --health-interval=2s --health-retries=30',
    });
    expect(lines.at(-1)).toMatch(/healthy after/);
    const query = (user: string, password: string) =>
      run(client!, [
        '-h',
        '127.0.0.1',
        '-P',
        service.ports['3306']!,
        '-u',
        user,
        `-p${password}`,
        '-N',
        'my_app',
        '-e',
        'select @@max_connections',
      ]);
    expect((await query('me', "it's")).stdout.trim()).toBe('33');
    expect((await query('root', 'top')).stdout.trim()).toBe('33');
    await expect(query('me', 'wrong')).rejects.toThrow(/Access denied/);
  });

  test('refuses to start without a root password, as the image does', async () => {
    await expect(start({ id: 'mysql', image: 'mariadb:11' })).rejects.toMatchObject({
      code: 'invalid-request',
      message: expect.stringContaining('MYSQL_ROOT_PASSWORD'),
    });
  });
});
