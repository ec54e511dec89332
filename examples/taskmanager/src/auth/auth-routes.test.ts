import { describe, expect, test } from 'vitest';
import { ada, memoryApp, password } from '../../tests/memory/memory-app.ts';

function credentials(body: unknown): RequestInit {
  return { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
}

function bearer(token: string): RequestInit {
  return { headers: { authorization: `Bearer ${token}` } };
}

describe('POST /api/v1/auth/login', () => {
  test('good credentials get a token that opens the API and says when it ends', async () => {
    const app = await memoryApp({ sessionTtlMs: 60_000 });
    const response = await app.request(
      '/api/v1/auth/login',
      credentials({ email: 'ADA@example.com', password }),
    );
    expect(response.status).toBe(200);
    expect(response.headers.get('cache-control')).toBe('no-store');
    const body = (await response.json()) as { token: string };
    expect(body).toMatchObject({ tokenType: 'Bearer', expiresAt: '2026-03-02T08:01:00.000Z', user: ada });
    expect((await app.request('/api/v1/tasks', bearer(body.token))).status).toBe(200);
  });

  test('a wrong password and an unknown address get the same answer', async () => {
    const app = await memoryApp();
    const answers = await Promise.all(
      [
        { email: ada.email, password: 'wrong' },
        { email: 'nobody@example.com', password },
      ].map(async (body) => {
        const response = await app.request('/api/v1/auth/login', credentials(body));
        const { requestId: _, ...rest } = (await response.json()) as Record<string, unknown>;
        return { status: response.status, rest };
      }),
    );
    expect(answers[0]).toMatchObject({ status: 401, rest: { code: 'bad-credentials' } });
    expect(answers[1]).toEqual(answers[0]);
  });

  test.each([
    [{ email: 'ada', password: 'x' }, 'email'],
    [{ email: 'ada@example.com' }, 'password'],
    [{ email: 'ada@example.com', password: 'x'.repeat(1025) }, 'password'],
  ])('%j is refused before any password is checked', async (body, field) => {
    const app = await memoryApp();
    const response = await app.request('/api/v1/auth/login', credentials(body));
    expect(response.status).toBe(422);
    expect(await response.json()).toMatchObject({ errors: [{ field }] });
  });

  test('too many attempts for one account from one address are told when to come back', async () => {
    const keys: string[] = [];
    const app = await memoryApp({
      signInLimiter: {
        async take(key) {
          keys.push(key);
          return { kind: 'limited', retryAfterMs: 61_400 };
        },
      },
    });
    const response = await app.request('/api/v1/auth/login', credentials({ email: ada.email, password }));
    expect(response.status).toBe(429);
    expect(response.headers.get('retry-after')).toBe('62');
    expect(keys).toEqual(['203.0.113.9|ada@example.com']);
  });
});

describe('sessions', () => {
  test.each([
    ['no header', undefined],
    ['another scheme', 'Basic YWRhOnB3'],
    ['a token nobody has', `Bearer ${'x'.repeat(43)}`],
    ['a token with strange characters', "Bearer ' or 1=1 -- aaaaaaaaaaaaaaaaaaaaaaaaaaaaa"],
  ])('%s opens nothing', async (_, authorization) => {
    const app = await memoryApp();
    const response = await app.request('/api/v1/tasks', authorization ? { headers: { authorization } } : {});
    expect(response.status).toBe(401);
    expect(response.headers.get('www-authenticate')).toBe('Bearer');
    expect(await response.json()).toMatchObject({ code: 'unauthenticated' });
  });

  test('a token stops working when it expires', async () => {
    const app = await memoryApp({ sessionTtlMs: 60_000 });
    const token = await app.signIn();
    app.clock.now = new Date(app.clock.now.getTime() + 59_999);
    expect((await app.request('/api/v1/tasks', bearer(token))).status).toBe(200);
    app.clock.now = new Date(app.clock.now.getTime() + 1);
    expect((await app.request('/api/v1/tasks', bearer(token))).status).toBe(401);
  });

  test('signing out ends this session and no other', async () => {
    const app = await memoryApp();
    const [first, second] = [await app.signIn(), await app.signIn()];
    const response = await app.request('/api/v1/auth/logout', { method: 'POST', ...bearer(first) });
    expect(response.status).toBe(204);
    expect((await app.request('/api/v1/tasks', bearer(first))).status).toBe(401);
    expect((await app.request('/api/v1/tasks', bearer(second))).status).toBe(200);
  });

  test('the people whom a task can be assigned to are for signed-in users only', async () => {
    const app = await memoryApp();
    expect((await app.request('/api/v1/users')).status).toBe(401);
    const response = await app.send('GET', '/api/v1/users');
    expect(await response.json()).toMatchObject({ items: [{ name: 'Ada' }, { name: 'Bob' }] });
  });
});
