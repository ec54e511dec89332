import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { ada } from '../../tests/memory/memory-app.ts';
import { absentCache, memoryCache } from '../../tests/memory/memory-cache.ts';
import { memoryTaskStore } from '../../tests/memory/memory-task-store.ts';
import type { Cache } from './cache.ts';
import { cachedTaskStore } from './cached-task-store.ts';
import { draftTask, reviseTask, type Task } from './task.ts';
import type { TaskQuery, TaskStore } from './task-store.ts';

const now = new Date('2026-03-02T08:00:00Z');
const query: TaskQuery = {
  status: undefined,
  priority: undefined,
  assigneeId: undefined,
  dueBefore: undefined,
  text: undefined,
  limit: 20,
  after: undefined,
};

function newTask(title = 'Write the release notes'): Task {
  return draftTask(
    { title, description: '', status: 'todo', priority: 'normal', dueAt: now, assigneeId: null },
    { id: randomUUID(), createdBy: ada.id, now },
  );
}

/** A store that counts how often it was read. */
function counted(): { store: TaskStore; reads: () => number } {
  const store = memoryTaskStore(new Set([ada.id]));
  let reads = 0;
  return {
    store: {
      ...store,
      find(id) {
        reads++;
        return store.find(id);
      },
      list(wanted) {
        reads++;
        return store.list(wanted);
      },
    },
    reads: () => reads,
  };
}

test('a second read is served from the cache, with dates as dates', async () => {
  const { store, reads } = counted();
  const cached = cachedTaskStore(store, memoryCache());
  const task = newTask();
  await cached.insert(task);
  await cached.find(task.id);
  await cached.list(query);
  expect(await cached.find(task.id)).toEqual(task);
  expect(await cached.list(query)).toEqual({ tasks: [task], next: undefined });
  expect(reads()).toBe(2);
});

test('a write makes all that was cached before it unreachable', async () => {
  const { store } = counted();
  const cached = cachedTaskStore(store, memoryCache());
  const task = newTask();
  await cached.insert(task);
  await cached.list(query);
  await cached.update({
    id: task.id,
    expectedVersion: 1,
    revise: (current) => reviseTask(current, { title: 'New title' }, now),
  });
  expect((await cached.find(task.id))?.title).toBe('New title');
  expect((await cached.list(query)).tasks[0]?.title).toBe('New title');
  await cached.remove({ id: task.id, expectedVersion: undefined });
  expect(await cached.find(task.id)).toBeUndefined();
});

test('a write that was refused keeps the cache', async () => {
  const { store, reads } = counted();
  const cached = cachedTaskStore(store, memoryCache());
  const task = newTask();
  await cached.insert(task);
  await cached.find(task.id);
  await cached.update({ id: task.id, expectedVersion: 9, revise: (current) => current });
  await cached.find(task.id);
  expect(reads()).toBe(1);
});

test('a read that began before a write never leaves its old answer behind', async () => {
  const { store } = counted();
  const task = newTask();
  await store.insert(task);
  const cache = memoryCache();
  const answered = Promise.withResolvers<Task>();
  const slow = cachedTaskStore({ ...store, find: () => answered.promise }, cache);
  const slowRead = slow.find(task.id);
  await cachedTaskStore(store, cache).update({
    id: task.id,
    expectedVersion: 1,
    revise: (current) => reviseTask(current, { status: 'done' }, now),
  });
  answered.resolve(task);
  expect((await slowRead)?.status).toBe('todo');
  expect((await cachedTaskStore(store, cache).find(task.id))?.status).toBe('done');
});

test('entries expire', async () => {
  let clock = 0;
  const { store, reads } = counted();
  const cached = cachedTaskStore(
    store,
    memoryCache(() => clock),
    1_000,
  );
  await cached.list(query);
  clock = 999;
  await cached.list(query);
  expect(reads()).toBe(1);
  clock = 1_000;
  await cached.list(query);
  expect(reads()).toBe(2);
});

test('without its cache every read reaches the store', async () => {
  const { store, reads } = counted();
  const cached = cachedTaskStore(store, absentCache);
  await cached.list(query);
  await cached.list(query);
  expect(reads()).toBe(2);
});

test.each(['{"half":', '{"tasks":[{"title":"of another release"}]}', 'null'])(
  'an entry that says %s is passed over',
  async (damaged) => {
    const { store, reads } = counted();
    const cache: Cache = {
      ...memoryCache(),
      get: async (key) => (key.includes(':list:') ? damaged : undefined),
    };
    expect(await cachedTaskStore(store, cache).list(query)).toEqual({ tasks: [], next: undefined });
    expect(reads()).toBe(1);
  },
);
