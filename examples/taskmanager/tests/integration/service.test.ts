import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Database } from '../../src/database/database.ts';
import { emptyRedis, openEmptyDatabase } from './servers.ts';
import { runScript, type ServiceProcess, startService } from './service-process.ts';

const unreachable = {
  DATABASE_URL: 'postgresql://nobody:x@127.0.0.1:1/none',
  REDIS_URL: 'redis://127.0.0.1:1/0',
};

let database: Database;
const running: ServiceProcess[] = [];

beforeAll(async () => {
  database = await openEmptyDatabase();
  await emptyRedis();
  const created = await runScript('src/create-user.ts', {
    args: ['Ada@Example.com', 'Ada Lovelace'],
    input: 'correct horse battery staple\n',
  });
  expect(created).toEqual({ code: 0, stdout: 'created ada@example.com\n', stderr: '' });
});
afterEach(async () => {
  await Promise.all(running.splice(0).map((service) => service.stop('SIGKILL')));
});
afterAll(() => database.destroy());

async function start(env?: Record<string, string>): Promise<ServiceProcess> {
  const service = await startService(env);
  running.push(service);
  return service;
}

async function signIn(service: ServiceProcess, password = 'correct horse battery staple'): Promise<Response> {
  return fetch(`${service.url}/api/v1/auth/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email: 'ada@example.com', password }),
  });
}

async function client(service: ServiceProcess) {
  const { token } = (await (await signIn(service)).json()) as { token: string };
  return (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) =>
    fetch(`${service.url}${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...headers },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
}

describe('the service', () => {
  test('takes a task from sign-in to done', async () => {
    const service = await start();
    expect((await signIn(service, 'wrong password')).status).toBe(401);
    const send = await client(service);

    const created = await send('POST', '/api/v1/tasks', { title: 'Ship it', dueAt: '2030-01-01T00:00:00Z' });
    expect(created.status).toBe(201);
    const location = created.headers.get('location') ?? '';
    const done = await send('PATCH', location, { status: 'done' }, { 'if-match': '"1"' });
    expect(await done.json()).toMatchObject({ title: 'Ship it', status: 'done', version: 2 });
    const listed = await send('GET', '/api/v1/tasks?status=done');
    expect(await listed.json()).toMatchObject({ items: [{ title: 'Ship it', version: 2 }] });
    expect((await send('DELETE', location)).status).toBe(204);
    expect((await send('GET', location)).status).toBe(404);
  });

  test('two instances share sessions, tasks and cache', async () => {
    const [one, two] = await Promise.all([start(), start()]);
    const send = await client(one);
    const location = (await send('POST', '/api/v1/tasks', { title: 'Shared' })).headers.get('location') ?? '';
    const authorization = `Bearer ${((await (await signIn(two)).json()) as { token: string }).token}`;
    const read = () => fetch(`${two.url}${location}`, { headers: { authorization } });
    expect(await (await read()).json()).toMatchObject({ title: 'Shared' });
    await send('PATCH', location, { title: 'Renamed' }, { 'if-match': '*' });
    expect(await (await read()).json()).toMatchObject({ title: 'Renamed' });
  });

  test('is healthy and ready with both servers', async () => {
    const service = await start({ APP_VERSION: '1.4.0', APP_COMMIT: 'abc1234' });
    const health = await fetch(`${service.url}/health`);
    expect(health.status).toBe(200);
    expect(await health.json()).toMatchObject({
      checks: { database: 'up' },
      version: '1.4.0',
      commit: 'abc1234',
    });
    expect((await fetch(`${service.url}/ready`)).status).toBe(200);
  });

  test('passes and fails the health check of its image', async () => {
    const [well, ill] = await Promise.all([start(), start({ FAULT_HEALTH: 'true' })]);
    const check = async (service: ServiceProcess) =>
      (await runScript('src/health/check.ts', { env: { PORT: new URL(service.url).port } })).code;
    expect(await check(well)).toBe(0);
    expect(await check(ill)).toBe(1);
    await well.stop('SIGTERM');
    expect(await check(well)).toBe(1);
  });

  test('goes on without Redis: degraded, and all its work still done', async () => {
    const service = await start({ REDIS_URL: unreachable.REDIS_URL });
    const health = await fetch(`${service.url}/health`);
    expect(health.status).toBe(200);
    expect(await health.json()).toMatchObject({
      status: 'degraded',
      checks: { database: 'up', redis: 'down' },
    });
    const send = await client(service);
    const created = await send('POST', '/api/v1/tasks', { title: 'No cache' });
    expect((await send('GET', created.headers.get('location') ?? '')).status).toBe(200);
  });

  test('is neither healthy nor ready without its database', async () => {
    const service = await start({ DATABASE_URL: unreachable.DATABASE_URL });
    expect((await fetch(`${service.url}/health`)).status).toBe(503);
    expect((await fetch(`${service.url}/ready`)).status).toBe(503);
    const login = await signIn(service);
    expect(login.status).toBe(500);
    expect(await login.text()).not.toContain('ECONNREFUSED');
  });

  test('tells an address that tries too many passwords to wait', async () => {
    const service = await start({ SIGN_IN_ATTEMPTS: '2' });
    // Until Redis is connected, attempts are counted in the process alone.
    const health = async () => (await fetch(`${service.url}/health`)).json();
    await expect.poll(health, { timeout: 30_000 }).toMatchObject({ checks: { redis: 'up' } });
    await emptyRedis();
    expect((await signIn(service, 'wrong one')).status).toBe(401);
    expect((await signIn(service, 'wrong two')).status).toBe(401);
    expect((await signIn(service)).status).toBe(429);
    await emptyRedis();
  });

  test.each(['SIGTERM', 'SIGINT'] as const)('ends cleanly on %s', async (signal) => {
    const service = await start();
    await fetch(`${service.url}/health`);
    expect(await service.stop(signal)).toBe(0);
    expect(service.log.at(-1)).toMatchObject({ msg: 'stopped' });
  });

  test('does not start on a configuration that is wrong, and says all that is', async () => {
    const { code, stderr } = await runScript('src/api.ts', { env: { DATABASE_URL: '', PORT: '99999' } });
    expect(code).toBe(2);
    expect(stderr).toContain('DATABASE_URL: must be set to a URL');
    expect(stderr).toContain('PORT: must be a whole number from 0 to 65535');
  });
});

describe('as a bad release, the service', () => {
  test('says so when it starts, and is unhealthy with FAULT_HEALTH', async () => {
    const service = await start({ FAULT_HEALTH: 'true' });
    expect(service.log).toContainEqual(expect.objectContaining({ level: 40, faults: ['failHealth'] }));
    expect((await fetch(`${service.url}/health`)).status).toBe(503);
  });

  test('fails every API request with an error rate of 1', async () => {
    const service = await start({ FAULT_ERROR_RATE: '1' });
    expect((await signIn(service)).status).toBe(500);
    expect((await fetch(`${service.url}/ready`)).status).toBe(200);
  });

  test('crashes when its time has come', async () => {
    const service = await start({ FAULT_CRASH_AFTER_MS: '1' });
    expect(await service.exited).toBe(1);
  });

  test('takes memory and keeps it', async () => {
    const service = await start({ FAULT_LEAK_MB: '64' });
    const residentMb = async () => {
      const text = await (await fetch(`${service.url}/metrics`)).text();
      return Number(/^process_resident_memory_bytes\{.*\} (\S+)$/m.exec(text)?.[1]) / 2 ** 20;
    };
    const before = await residentMb();
    await expect.poll(residentMb, { timeout: 30_000, interval: 200 }).toBeGreaterThan(before + 100);
  });
});

describe('npm run create-user', () => {
  test('leaves an account that exists as it is', async () => {
    const again = await runScript('src/create-user.ts', {
      args: ['ada@example.com', 'Somebody else'],
      input: 'another password\n',
    });
    expect(again).toMatchObject({ code: 0, stdout: 'ada@example.com has an account already\n' });
  });

  test('refuses a weak password and a missing name', async () => {
    const refused = await runScript('src/create-user.ts', { args: ['bob@example.com'], input: 'short' });
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain('password: must have at least 8 characters');
    expect(refused.stderr).toContain('usage: npm run create-user');
  });
});

describe('npm run migrate', () => {
  test('says that nothing was pending, in JSON, and ends with 0', async () => {
    const { code, stdout } = await runScript('src/migrate.ts');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ msg: 'nothing was pending', applied: [] });
  });

  test('ends with 1 when the database can not be reached', async () => {
    const { code, stdout } = await runScript('src/migrate.ts', { env: unreachable });
    expect(code).toBe(1);
    expect(stdout).toContain('ECONNREFUSED');
  });

  test('fails and leaves the schema as it was with FAULT_MIGRATION', async () => {
    const { code, stdout } = await runScript('src/migrate.ts', { env: { FAULT_MIGRATION: 'true' } });
    expect(code).toBe(1);
    expect(stdout).toContain('FAULT_MIGRATION is on');
    expect((await runScript('src/migrate.ts')).stdout).toContain('nothing was pending');
  });

  test('ends with 2 without DATABASE_URL', async () => {
    expect(await runScript('src/migrate.ts', { env: { DATABASE_URL: '' } })).toMatchObject({ code: 2 });
  });
});
