import { randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, test } from 'vitest';
import { draftTask, reviseTask, type Task, type TaskDraft } from '../../src/tasks/task.ts';
import type { TaskQuery, TaskStore } from '../../src/tasks/task-store.ts';

/** What every task store does, whatever keeps the tasks. `open` gives an empty store and two users it knows. */
export function describeTaskStore(
  name: string,
  open: () => Promise<{ store: TaskStore; userIds: [string, string] }>,
): void {
  describe(`${name} as a task store`, () => {
    let store: TaskStore;
    let author: string;
    let other: string;
    beforeEach(async () => {
      const opened = await open();
      store = opened.store;
      [author, other] = opened.userIds;
    });

    function make(changes: Partial<TaskDraft> = {}, createdAt = '2026-03-02T08:00:00.000Z'): Task {
      return draftTask(
        { ...draft, ...changes },
        { id: randomUUID(), createdBy: author, now: new Date(createdAt) },
      );
    }

    async function stored(changes?: Partial<TaskDraft>, createdAt?: string): Promise<Task> {
      const task = make(changes, createdAt);
      await store.insert(task);
      return task;
    }

    async function titles(query: Partial<TaskQuery>): Promise<string[]> {
      const page = await store.list({ ...everything, ...query });
      return page.tasks.map((task) => task.title);
    }

    test('a task comes back as it was written, to the millisecond', async () => {
      const task = make(
        {
          description: 'with “quotes”, 100 % and \\',
          dueAt: new Date('2026-03-05T17:00:00.123Z'),
          assigneeId: other,
        },
        '2026-03-02T08:00:00.987Z',
      );
      expect(await store.insert(task)).toEqual({ kind: 'written', task });
      expect(await store.find(task.id)).toEqual(task);
    });

    test('an id that nobody has finds nothing', async () => {
      expect(await store.find(randomUUID())).toBeUndefined();
    });

    test('an assignee whom the store does not know is refused, on insert and on update', async () => {
      const task = await stored();
      const stranger = randomUUID();
      expect(await store.insert(make({ assigneeId: stranger }))).toEqual({ kind: 'unknown-assignee' });
      const assign = (current: Task) => reviseTask(current, { assigneeId: stranger }, later);
      expect(await store.update({ id: task.id, expectedVersion: 1, revise: assign })).toEqual({
        kind: 'unknown-assignee',
      });
      expect(await store.find(task.id)).toEqual(task);
    });

    test('an update writes what was made of the current task', async () => {
      const task = await stored();
      const outcome = await store.update({ id: task.id, expectedVersion: 1, revise: finish });
      expect(outcome).toEqual({ kind: 'written', task: finish(task) });
      expect(await store.find(task.id)).toEqual(finish(task));
    });

    test('an update for another version is refused, and one for any version is not', async () => {
      const task = await stored();
      await store.update({ id: task.id, expectedVersion: 1, revise: finish });
      expect(await store.update({ id: task.id, expectedVersion: 1, revise: finish })).toEqual({
        kind: 'conflict',
      });
      expect((await store.update({ id: task.id, expectedVersion: undefined, revise: finish })).kind).toBe(
        'written',
      );
      expect((await store.find(task.id))?.version).toBe(3);
    });

    test('of many writers at once with the same version exactly one wins', async () => {
      const task = await stored();
      const outcomes = await Promise.all(
        Array.from({ length: 8 }, () => store.update({ id: task.id, expectedVersion: 1, revise: finish })),
      );
      const kinds = outcomes.map((outcome) => outcome.kind).sort();
      expect(kinds).toEqual([...Array<string>(7).fill('conflict'), 'written']);
    });

    test('what is not there can be neither updated nor removed', async () => {
      const id = randomUUID();
      expect(await store.update({ id, expectedVersion: undefined, revise: finish })).toEqual({
        kind: 'missing',
      });
      expect(await store.remove({ id, expectedVersion: 1 })).toEqual({ kind: 'missing' });
    });

    test('a removal for another version is refused and leaves the task', async () => {
      const task = await stored();
      expect(await store.remove({ id: task.id, expectedVersion: 2 })).toEqual({ kind: 'conflict' });
      expect(await store.find(task.id)).toEqual(task);
      expect(await store.remove({ id: task.id, expectedVersion: 1 })).toEqual({ kind: 'removed' });
      expect(await store.find(task.id)).toBeUndefined();
    });

    test('the list is newest first', async () => {
      await stored({ title: 'middle' }, '2026-03-02T09:00:00Z');
      await stored({ title: 'oldest' }, '2026-03-02T08:00:00Z');
      await stored({ title: 'newest' }, '2026-03-02T10:00:00Z');
      expect(await titles({})).toEqual(['newest', 'middle', 'oldest']);
    });

    test('each filter narrows the list, and filters combine', async () => {
      await stored({ title: 'plain' });
      await stored({ title: 'urgent', priority: 'urgent', assigneeId: other });
      await stored({ title: 'started', status: 'in-progress', assigneeId: other });
      await stored({ title: 'due', dueAt: new Date('2026-03-03T00:00:00Z') });
      expect(await titles({ priority: 'urgent' })).toEqual(['urgent']);
      expect(await titles({ status: 'in-progress' })).toEqual(['started']);
      expect((await titles({ assigneeId: other })).sort()).toEqual(['started', 'urgent']);
      expect(await titles({ assigneeId: other, status: 'todo' })).toEqual(['urgent']);
      expect(await titles({ dueBefore: new Date('2026-03-03T00:00:00.001Z') })).toEqual(['due']);
      expect(await titles({ dueBefore: new Date('2026-03-03T00:00:00.000Z') })).toEqual([]);
    });

    test('text is found in title and description in any case, and wildcards in it mean themselves', async () => {
      await stored({ title: 'Reach 100% coverage' });
      await stored({ title: 'Order 100 chairs', description: 'for the snake_case room' });
      expect(await titles({ text: 'reach' })).toEqual(['Reach 100% coverage']);
      expect(await titles({ text: '100%' })).toEqual(['Reach 100% coverage']);
      expect(await titles({ text: 'SNAKE_CASE' })).toEqual(['Order 100 chairs']);
      expect(await titles({ text: 'snake-case' })).toEqual([]);
      expect(await titles({ text: '\\' })).toEqual([]);
    });

    test('pages hold every task once, also when several were created in the same instant', async () => {
      const made = await Promise.all(
        Array.from({ length: 7 }, (_, index) => stored({ title: `task ${index}` })),
      );
      const seen: string[] = [];
      let after: TaskQuery['after'];
      do {
        const page = await store.list({ ...everything, limit: 3, after });
        expect(page.tasks.length).toBeLessThanOrEqual(3);
        seen.push(...page.tasks.map((task) => task.id));
        after = page.next;
      } while (after);
      expect(seen).toHaveLength(7);
      expect(new Set(seen)).toEqual(new Set(made.map((task) => task.id)));
    });

    test('a task created meanwhile does not shift the next page', async () => {
      await stored({ title: 'first' }, '2026-03-02T08:00:00Z');
      await stored({ title: 'second' }, '2026-03-02T09:00:00Z');
      const page = await store.list({ ...everything, limit: 1 });
      await stored({ title: 'third' }, '2026-03-02T10:00:00Z');
      expect(await titles({ after: page.next, limit: 1 })).toEqual(['first']);
    });
  });
}

const draft: TaskDraft = {
  title: 'Write the release notes',
  description: '',
  status: 'todo',
  priority: 'normal',
  dueAt: null,
  assigneeId: null,
};

const everything: TaskQuery = {
  status: undefined,
  priority: undefined,
  assigneeId: undefined,
  dueBefore: undefined,
  text: undefined,
  limit: 100,
  after: undefined,
};

const later = new Date('2026-03-02T12:00:00Z');

function finish(task: Task): Task {
  return reviseTask(task, { status: 'done' }, later);
}
