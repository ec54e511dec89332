import { cachedTaskStore } from '../../src/tasks/cached-task-store.ts';
import { describeSessionStore, describeUserStore } from '../contracts/auth-stores.contract.ts';
import { describeTaskStore } from '../contracts/task-store.contract.ts';
import { ada, bob } from './memory-app.ts';
import { memorySessionStore, memoryUserStore } from './memory-auth-stores.ts';
import { absentCache, memoryCache } from './memory-cache.ts';
import { memoryTaskStore } from './memory-task-store.ts';

const userIds: [string, string] = [ada.id, bob.id];

describeTaskStore('memory', async () => ({ store: memoryTaskStore(new Set(userIds)), userIds }));
describeTaskStore('memory behind a cache', async () => ({
  store: cachedTaskStore(memoryTaskStore(new Set(userIds)), memoryCache()),
  userIds,
}));
describeTaskStore('memory behind a cache that is away', async () => ({
  store: cachedTaskStore(memoryTaskStore(new Set(userIds)), absentCache),
  userIds,
}));
describeUserStore('memory', async () => memoryUserStore());
describeSessionStore('memory', async () => ({ sessions: memorySessionStore([ada]), user: ada }));
