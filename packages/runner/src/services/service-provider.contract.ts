import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { findFreePort, isListening } from './native/host-port.ts';
import type { RunningService, ServiceContext, ServiceProvider, ServiceRequest } from './service-provider.ts';

export interface ServiceProviderContract {
  name: string;
  /** Called once; the folder is the tests' own. */
  create: (home: string) => ServiceProvider;
  /** Why this provider can't be tested here; null if it can. */
  unavailable: () => Promise<string | null>;
  /** Images that stand for PostgreSQL and Redis with this provider. */
  images: { postgres: string; redis: string };
  /** A client on the machine that the tests may use. */
  psql: string | null;
}

const healthOptions =
  '--health-cmd "pg_isready -U tester" --health-interval 2s --health-timeout 5s --health-retries 20';
const password = "it's \\ a secret";

/** What every service provider must do; each implementation's test file calls this. */
export function testServiceProvider(contract: ServiceProviderContract): void {
  describe(`service provider: ${contract.name}`, () => {
    let home: string;
    let provider: ServiceProvider;
    let unavailable: string | null | undefined;
    beforeAll(() => {
      home = mkdtempSync(join(tmpdir(), 'slipway-services-'));
      provider = contract.create(home);
    });
    afterAll(() => rmSync(home, { recursive: true, force: true }));
    beforeEach(async (ctx) => {
      unavailable ??= await contract.unavailable();
      if (unavailable) ctx.skip(unavailable);
    });

    const start = async (request: Partial<ServiceRequest>, context: Partial<ServiceContext> = {}) => {
      const service = await provider.start(requestOf(request), contextIn(home, context));
      onTestFinished(() => service.stop());
      return service;
    };
    const startPostgres = (request: Partial<ServiceRequest> = {}, context: Partial<ServiceContext> = {}) =>
      start(
        {
          id: 'db',
          image: contract.images.postgres,
          env: { POSTGRES_USER: 'tester', POSTGRES_PASSWORD: password, POSTGRES_DB: 'my-app' },
          ports: ['5432'],
          options: healthOptions,
          ...request,
        },
        context,
      );
    const query = async (
      service: RunningService,
      sql: string,
      as = { user: 'tester', password, database: 'my-app' },
    ) => {
      const { stdout } = await promisify(execFile)(
        contract.psql!,
        ['-h', 'localhost', '-p', service.ports['5432']!, '-U', as.user, '-d', as.database, '-Atc', sql],
        { env: { PGPASSWORD: as.password, PATH: process.env.PATH } },
      );
      return stdout.trim();
    };

    test('says of an image that it can serve nothing, and of one that it can’t what to do', async () => {
      expect(await provider.cannotServe(requestOf({ image: contract.images.redis }))).toBeNull();
      expect(await provider.cannotServe(requestOf({ image: contract.images.postgres }))).toBeNull();
    });

    test('sets PostgreSQL up with user, password and database, reachable through the port it tells', async (ctx) => {
      if (!contract.psql) ctx.skip('psql is not installed');
      const db = await startPostgres();
      expect(Object.keys(db.ports)).toEqual(['5432']);
      expect(await query(db, 'select current_user, current_database()')).toBe('tester|my-app');
      expect(await query(db, 'select rolsuper from pg_roles where rolname = current_user')).toBe('t');
    });

    test('refuses a wrong password over TCP', async (ctx) => {
      if (!contract.psql) ctx.skip('psql is not installed');
      const db = await startPostgres();
      const wrong = query(db, 'select 1', { user: 'tester', password: 'wrong', database: 'my-app' });
      await expect(wrong).rejects.toThrow(/password authentication failed/);
    });

    test('lets anyone in when POSTGRES_HOST_AUTH_METHOD is trust', async (ctx) => {
      if (!contract.psql) ctx.skip('psql is not installed');
      const db = await startPostgres({
        env: { POSTGRES_HOST_AUTH_METHOD: 'trust' },
        options: '--health-cmd pg_isready --health-interval 2s --health-retries 20',
      });
      const anyone = { user: 'postgres', password: '', database: 'postgres' };
      expect(await query(db, 'select 1', anyone)).toBe('1');
    });

    test('gives each service its own data, also from one image at once', async (ctx) => {
      if (!contract.psql) ctx.skip('psql is not installed');
      const [one, two] = await Promise.all([startPostgres(), startPostgres({ id: 'other' })]);
      await query(one, 'create table only_here (id int)');
      expect(await query(two, "select to_regclass('only_here') is null")).toBe('t');
    });

    test('binds the host port that the workflow fixes', async () => {
      const port = await findFreePort();
      const redis = await start({ id: 'cache', image: contract.images.redis, ports: [`${port}:6379`] });
      expect(redis.ports).toEqual({ '6379': String(port) });
      expect(await ping(port)).toBe('+PONG');
    });

    test('starts a service without ports and without a health check', async () => {
      const redis = await start({ id: 'cache', image: contract.images.redis });
      expect(redis.ports).toEqual({});
      expect(redis.containerId).not.toBe('');
    });

    test('passes the options of `command` to the server', async () => {
      const redis = await start({
        id: 'cache',
        image: contract.images.redis,
        ports: ['6379'],
        command: 'redis-server --requirepass hush',
        options: '--health-cmd "redis-cli -a hush ping | grep PONG" --health-interval 1s --health-retries 20',
      });
      expect(await ping(Number(redis.ports['6379']))).toMatch(/^-NOAUTH/);
    });

    test('a health command reaches its server by the container’s own port and name', async () => {
      await start({
        id: 'cache',
        image: contract.images.redis,
        ports: ['6379'],
        options:
          '--health-cmd "redis-cli -h localhost -p 6379 ping" --health-interval 1s --health-retries 20',
      });
      const failing = provider.start(
        requestOf({
          image: contract.images.redis,
          options: '--health-cmd "redis-cli -p 6380 ping" --health-interval 100ms --health-retries 2',
        }),
        contextIn(home),
      );
      await expect(failing).rejects.toMatchObject({ name: 'ServiceError', code: 'unhealthy' });
    });

    test('after stop nothing listens any more, and stopping twice is harmless', async () => {
      const redis = await start({ id: 'cache', image: contract.images.redis, ports: ['6379'] });
      const port = Number(redis.ports['6379']);
      expect(await isListening(port)).toBe(true);
      await redis.stop();
      await redis.stop();
      expect(await isListening(port)).toBe(false);
    });

    test('a service that never gets healthy fails with its own log and leaves nothing', async () => {
      const port = await findFreePort();
      const failing = provider.start(
        requestOf({
          id: 'cache',
          image: contract.images.redis,
          ports: [`${port}:6379`],
          options: '--health-cmd "exit 1" --health-interval 100ms --health-retries 2',
        }),
        contextIn(home),
      );
      await expect(failing).rejects.toMatchObject({
        name: 'ServiceError',
        code: 'unhealthy',
        message: expect.stringMatching(/cache.*never got healthy[\s\S]*Ready to accept connections/),
      });
      expect(await isListening(port)).toBe(false);
    });

    test('a server that refuses its options fails at once with what it said', async () => {
      const failing = provider.start(
        requestOf({
          id: 'cache',
          image: contract.images.redis,
          command: 'redis-server --no-such-option 1',
          options: '--health-cmd "redis-cli ping" --health-interval 1s --health-retries 60',
        }),
        contextIn(home),
      );
      await expect(failing).rejects.toMatchObject({
        name: 'ServiceError',
        message: expect.stringContaining('no-such-option'),
      });
    });

    test('cancelling ends a start and leaves nothing', async () => {
      const port = await findFreePort();
      const controller = new AbortController();
      const starting = provider.start(
        requestOf({
          id: 'cache',
          image: contract.images.redis,
          ports: [`${port}:6379`],
          options: '--health-cmd "exit 1" --health-interval 1s --health-retries 1000',
        }),
        contextIn(home, { signal: controller.signal }),
      );
      starting.catch(() => undefined);
      await until(() => isListening(port));
      controller.abort();
      await expect(starting).rejects.toMatchObject({ name: 'ServiceError', code: 'cancelled' });
      expect(await isListening(port)).toBe(false);
    });

    test('options that docker doesn’t know are refused by name', async () => {
      const request = requestOf({ image: contract.images.redis, options: '--helth-cmd x' });
      const refusal =
        (await provider.cannotServe(request)) ?? (await reasonOf(provider.start(request, contextIn(home))));
      expect(refusal).toContain('helth-cmd');
    });
  });
}

let jobs = 0;

function contextIn(home: string, context: Partial<ServiceContext> = {}): ServiceContext {
  jobs += 1;
  return {
    trackingId: `slipway_${process.pid}contract_${jobs}`,
    directory: join(home, `job-${jobs}`),
    log: () => undefined,
    signal: new AbortController().signal,
    ...context,
  };
}

function requestOf(request: Partial<ServiceRequest>): ServiceRequest {
  const defaults = { POSTGRES_PASSWORD: 'secret' };
  return { id: 'service', image: '', env: defaults, ports: [], volumes: [], options: '', ...request };
}

async function ping(port: number): Promise<string> {
  const socket = connect({ host: '127.0.0.1', port });
  socket.write('PING\r\n');
  const [answer] = (await once(socket, 'data')) as [Buffer];
  socket.destroy();
  return answer.toString('latin1').trim();
}

async function until(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 20));
}

function reasonOf(started: Promise<RunningService>): Promise<string> {
  return started.then(
    async (service) => {
      await service.stop();
      return 'it started';
    },
    (error: Error) => error.message,
  );
}
