import { randomUUID } from 'node:crypto';
import { pino } from 'pino';
import { Registry } from 'prom-client';
import { createApp, type Services } from '../../src/app.ts';
import { hashPassword } from '../../src/auth/password.ts';
import type { User } from '../../src/auth/user.ts';
import { noFaults } from '../../src/faults/faults.ts';
import type { RateLimiter } from '../../src/http/rate-limit.ts';
import { memorySessionStore, memoryUserStore } from './memory-auth-stores.ts';
import { memoryTaskStore } from './memory-task-store.ts';

export const ada: User = {
  id: '0b8f5d0e-6a0f-4b57-9f0e-0d6a3b1f0001',
  email: 'ada@example.com',
  name: 'Ada',
};
export const bob: User = {
  id: '0b8f5d0e-6a0f-4b57-9f0e-0d6a3b1f0002',
  email: 'bob@example.com',
  name: 'Bob',
};
export const password = 'correct horse battery staple';

export type MemoryApp = {
  request(path: string, init?: RequestInit): Promise<Response>;
  /** For a server. */
  fetch(request: Request): Response | Promise<Response>;
  /** Sends JSON as the signed-in user. */
  send(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Response>;
  signIn(user?: User): Promise<string>;
  clock: { now: Date };
};

/** The whole HTTP layer on stores in memory, with a clock that stands still until a test moves it. */
export async function memoryApp(overrides: Partial<Services> = {}): Promise<MemoryApp> {
  const clock = { now: new Date('2026-03-02T08:00:00Z') };
  const passwordHash = await hashPassword(password, { N: 2, r: 8, p: 1 });
  const users = [ada, bob];
  const app = createApp({
    log: pino({ level: 'silent' }),
    now: () => clock.now,
    newId: randomUUID,
    build: { version: '1.2.3', commit: 'abc1234' },
    users: memoryUserStore(users.map((user) => ({ user, passwordHash }))),
    sessions: memorySessionStore(users),
    sessionTtlMs: 60_000,
    tasks: memoryTaskStore(new Set(users.map((user) => user.id))),
    apiLimiter: unlimited,
    signInLimiter: unlimited,
    clientAddress: () => '203.0.113.9',
    healthProbes: [],
    readinessProbes: [],
    isDraining: () => false,
    registry: new Registry(),
    monotonicMs: () => 0,
    faults: noFaults,
    random: () => 0,
    ...overrides,
  });

  const request = async (path: string, init?: RequestInit) => app.request(path, init);
  let token: string | undefined;
  async function signIn(user: User = ada): Promise<string> {
    const response = await request('/api/v1/auth/login', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ email: user.email, password }),
    });
    return ((await response.json()) as { token: string }).token;
  }
  return {
    request,
    fetch: (asked) => app.fetch(asked),
    signIn,
    clock,
    async send(method, path, body, headers) {
      token ??= await signIn();
      return request(path, {
        method,
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...headers },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
    },
  };
}

export const unlimited: RateLimiter = { take: async () => ({ kind: 'allowed' }) };
