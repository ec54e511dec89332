import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll } from 'vitest';
import { postgresSessionStore } from '../../src/auth/postgres-session-store.ts';
import { postgresUserStore } from '../../src/auth/postgres-user-store.ts';
import type { User } from '../../src/auth/user.ts';
import type { Database } from '../../src/database/database.ts';
import { openRedis } from '../../src/redis/redis.ts';
import { redisCache } from '../../src/redis/redis-cache.ts';
import { cachedTaskStore } from '../../src/tasks/cached-task-store.ts';
import { postgresTaskStore } from '../../src/tasks/postgres-task-store.ts';
import { describeSessionStore, describeUserStore } from '../contracts/auth-stores.contract.ts';
import { describeTaskStore } from '../contracts/task-store.contract.ts';
import { emptyRedis, openEmptyDatabase, redisUrl, silentLog } from './servers.ts';

let database: Database;
const redis = openRedis(redisUrl, silentLog);

beforeAll(async () => {
  database = await openEmptyDatabase();
  await emptyRedis();
});
afterAll(async () => {
  await database.destroy();
  redis.disconnect();
});

async function empty(): Promise<void> {
  await database.deleteFrom('tasks').execute();
  await database.deleteFrom('users').execute();
}

async function newUser(name: string): Promise<User> {
  const user = { id: randomUUID(), email: `${name}@example.com`, name };
  await postgresUserStore(database).insert({ user, passwordHash: 'scrypt$2$8$1$c2FsdA$a2V5' });
  return user;
}

async function userIds(): Promise<[string, string]> {
  await empty();
  return [(await newUser('ada')).id, (await newUser('bob')).id];
}

describeTaskStore('PostgreSQL', async () => ({
  userIds: await userIds(),
  store: postgresTaskStore(database),
}));
describeTaskStore('PostgreSQL behind Redis', async () => {
  const ids = await userIds();
  await emptyRedis();
  return { userIds: ids, store: cachedTaskStore(postgresTaskStore(database), redisCache(redis, silentLog)) };
});
describeUserStore('PostgreSQL', async () => {
  await empty();
  return postgresUserStore(database);
});
describeSessionStore('PostgreSQL', async () => {
  await empty();
  return { user: await newUser('ada'), sessions: postgresSessionStore(database) };
});
