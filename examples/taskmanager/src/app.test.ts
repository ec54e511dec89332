import { Writable } from 'node:stream';
import { type Logger, pino } from 'pino';
import { describe, expect, test } from 'vitest';
import { memoryApp } from '../tests/memory/memory-app.ts';
import { problems } from './http/problem.ts';

function recordingLog(): { log: Logger; lines: () => Record<string, unknown>[] } {
  const lines: Record<string, unknown>[] = [];
  const sink = new Writable({
    write(chunk, _, done) {
      lines.push(JSON.parse(String(chunk)) as Record<string, unknown>);
      done();
    },
  });
  return { log: pino({ level: 'info' }, sink), lines: () => lines };
}

describe('the app', () => {
  test('an address without a route is a problem like any other', async () => {
    const response = await (await memoryApp()).request('/api/v2/tasks');
    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({ code: 'not-found', title: problems['not-found'].title });
  });

  test('a failure inside is logged with its reason and answered without it', async () => {
    const { log, lines } = recordingLog();
    const failing = () => Promise.reject(new Error('password of the database is hunter2'));
    const app = await memoryApp({
      log,
      tasks: { find: failing, list: failing, insert: failing, update: failing, remove: failing },
    });
    const response = await app.send('GET', '/api/v1/tasks');
    const text = await response.text();
    expect(response.status).toBe(500);
    expect(text).not.toContain('hunter2');
    const { requestId } = JSON.parse(text) as { requestId: string };
    expect(lines().filter((line) => line.requestId === requestId)).toMatchObject([
      { msg: 'unexpected error', err: { message: 'password of the database is hunter2' } },
      { msg: 'request failed', status: 500, method: 'GET', path: '/api/v1/tasks' },
    ]);
  });

  test('each request is one log line that holds neither token nor query', async () => {
    const { log, lines } = recordingLog();
    const app = await memoryApp({ log });
    const token = await app.signIn();
    await app.request('/api/v1/tasks?text=confidential', { headers: { authorization: `Bearer ${token}` } });
    const last = lines().at(-1);
    expect(last).toMatchObject({
      msg: 'request',
      method: 'GET',
      path: '/api/v1/tasks',
      status: 200,
      durationMs: 0,
    });
    expect(JSON.stringify(lines())).not.toContain(token);
    expect(JSON.stringify(lines())).not.toContain('confidential');
  });

  test('an address over its limit is told to wait, on the API only', async () => {
    const app = await memoryApp({ apiLimiter: { take: async () => ({ kind: 'limited', retryAfterMs: 1 }) } });
    const response = await app.request('/api/v1/tasks');
    expect(response.status).toBe(429);
    expect(response.headers.get('retry-after')).toBe('1');
    expect((await app.request('/health')).status).toBe(200);
  });

  test('the OpenAPI document lists every route with its problems', async () => {
    const response = await (await memoryApp()).request('/openapi.json');
    const document = (await response.json()) as {
      openapi: string;
      paths: Record<string, Record<string, { responses: Record<string, unknown> }>>;
    };
    expect(document.openapi).toBe('3.1.0');
    expect(Object.keys(document.paths).sort()).toEqual([
      '/api/v1/auth/login',
      '/api/v1/auth/logout',
      '/api/v1/tasks',
      '/api/v1/tasks/{id}',
      '/api/v1/users',
      '/health',
      '/metrics',
      '/ready',
    ]);
    expect(Object.keys(document.paths['/api/v1/tasks/{id}']?.patch?.responses ?? {})).toEqual([
      '200',
      '400',
      '401',
      '404',
      '412',
      '422',
      '428',
    ]);
  });

  test('answers carry the headers that keep browsers from guessing', async () => {
    const response = await (await memoryApp()).request('/health');
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
    expect(response.headers.get('x-request-id')).toMatch(/^[\w-]{36}$/);
  });
});
