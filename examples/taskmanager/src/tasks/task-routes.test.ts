import { randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, test } from 'vitest';
import { bob, type MemoryApp, memoryApp } from '../../tests/memory/memory-app.ts';

type TaskBody = { id: string; title: string; status: string; version: number; completedAt: string | null };

let app: MemoryApp;
beforeEach(async () => {
  app = await memoryApp();
});

async function create(fields: Record<string, unknown> = {}): Promise<TaskBody> {
  const response = await app.send('POST', '/api/v1/tasks', { title: 'Write the release notes', ...fields });
  expect(response.status).toBe(201);
  return (await response.json()) as TaskBody;
}

async function problemOf(response: Response): Promise<{ status: number; code: unknown; fields: string[] }> {
  expect(response.headers.get('content-type')).toBe('application/problem+json');
  const body = (await response.json()) as { code: string; status: number; errors?: { field: string }[] };
  expect(body.status).toBe(response.status);
  return { status: response.status, code: body.code, fields: (body.errors ?? []).map(({ field }) => field) };
}

describe('creating', () => {
  test('fills in defaults and says where the task is and at which version', async () => {
    const response = await app.send('POST', '/api/v1/tasks', { title: '  Write the release notes ' });
    const body = (await response.json()) as TaskBody;
    expect(response.status).toBe(201);
    expect(response.headers.get('location')).toBe(`/api/v1/tasks/${body.id}`);
    expect(response.headers.get('etag')).toBe('"1"');
    expect(body).toMatchObject({
      title: 'Write the release notes',
      description: '',
      status: 'todo',
      priority: 'normal',
      dueAt: null,
      assigneeId: null,
      createdAt: '2026-03-02T08:00:00.000Z',
      completedAt: null,
      version: 1,
    });
  });

  test('a due date in any time zone is kept as the same instant', async () => {
    expect(await create({ dueAt: '2026-03-05T18:00:00+01:00' })).toMatchObject({
      dueAt: '2026-03-05T17:00:00.000Z',
    });
  });

  test.each([
    ['no title', {}, ['title']],
    ['a blank title', { title: '   ' }, ['title']],
    ['a title that is too long', { title: 'x'.repeat(201) }, ['title']],
    ['a title that PostgreSQL cannot store', { title: 'a\0b' }, ['title']],
    ['an unknown status', { title: 'a', status: 'finished' }, ['status']],
    ['a date without time', { title: 'a', dueAt: '2026-03-05' }, ['dueAt']],
    ['an assignee that is no id', { title: 'a', assigneeId: 'bob' }, ['assigneeId']],
    ['fields that do not exist', { title: 'a', colour: 'red', id: '1' }, ['colour', 'id']],
    ['several faults at once', { priority: 'p1', status: 1 }, ['title', 'status', 'priority']],
  ])('%s is refused and named', async (_, body, fields) => {
    const response = await app.send('POST', '/api/v1/tasks', body);
    expect(await problemOf(response)).toEqual({ status: 422, code: 'invalid-request', fields });
  });

  test('an assignee must exist', async () => {
    expect(await create({ assigneeId: bob.id })).toMatchObject({ assigneeId: bob.id });
    const response = await app.send('POST', '/api/v1/tasks', { title: 'a', assigneeId: randomUUID() });
    expect(await problemOf(response)).toMatchObject({ status: 422, code: 'unknown-assignee' });
  });

  test('a body that is not JSON is told from one that is wrong', async () => {
    const headers = { authorization: `Bearer ${await app.signIn()}`, 'content-type': 'application/json' };
    const response = await app.request('/api/v1/tasks', { method: 'POST', headers, body: '{"title":' });
    expect(await problemOf(response)).toMatchObject({ status: 400, code: 'malformed-json' });
  });

  test('a body over the limit is refused', async () => {
    const response = await app.send('POST', '/api/v1/tasks', { title: 'a', description: 'x'.repeat(70_000) });
    expect(await problemOf(response)).toMatchObject({ status: 413, code: 'too-large' });
  });
});

describe('reading', () => {
  test('a task comes with its version as entity tag, and a client that holds it gets no body', async () => {
    const { id } = await create();
    const response = await app.send('GET', `/api/v1/tasks/${id}`);
    expect(response.status).toBe(200);
    expect(response.headers.get('etag')).toBe('"1"');
    const again = await app.send('GET', `/api/v1/tasks/${id}`, undefined, { 'if-none-match': '"1"' });
    expect(again.status).toBe(304);
    expect(await again.text()).toBe('');
  });

  test('what does not exist is 404, what is no id is 422', async () => {
    const missing = await app.send('GET', `/api/v1/tasks/${randomUUID()}`);
    expect(await problemOf(missing)).toMatchObject({ status: 404, code: 'not-found' });
    expect(await problemOf(await app.send('GET', '/api/v1/tasks/7'))).toMatchObject({
      status: 422,
      fields: ['id'],
    });
  });
});

describe('listing', () => {
  test('pages follow each other by cursor to the end', async () => {
    for (const title of ['one', 'two', 'three']) {
      await create({ title });
      app.clock.now = new Date(app.clock.now.getTime() + 1_000);
    }
    const titles: string[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const response = await app.send('GET', `/api/v1/tasks?limit=2${cursor && `&cursor=${cursor}`}`);
      const page = (await response.json()) as { items: TaskBody[]; nextCursor: string | null };
      titles.push(...page.items.map((task) => task.title));
      cursor = page.nextCursor;
    }
    expect(titles).toEqual(['three', 'two', 'one']);
  });

  test('filters reach the store', async () => {
    await create({ title: 'mine', assigneeId: bob.id, priority: 'high', dueAt: '2026-03-03T00:00:00Z' });
    await create({ title: 'other' });
    const query = new URLSearchParams({
      assigneeId: bob.id,
      priority: 'high',
      status: 'todo',
      text: 'MINE',
      dueBefore: '2026-03-04T00:00:00Z',
    });
    const response = await app.send('GET', `/api/v1/tasks?${query}`);
    expect(await response.json()).toMatchObject({ items: [{ title: 'mine' }], nextCursor: null });
  });

  test.each([
    ['limit=0', 'limit'],
    ['limit=101', 'limit'],
    ['limit=many', 'limit'],
    ['status=finished', 'status'],
    ['cursor=abc', 'cursor'],
    ['dueBefore=tomorrow', 'dueBefore'],
    ['sort=title', 'sort'],
  ])('?%s is refused', async (query, field) => {
    const response = await app.send('GET', `/api/v1/tasks?${query}`);
    expect(await problemOf(response)).toEqual({ status: 422, code: 'invalid-request', fields: [field] });
  });
});

describe('changing', () => {
  const ifMatch = (tag: string) => ({ 'if-match': tag });

  test('changes the given fields at the version that was read', async () => {
    const { id } = await create();
    const response = await app.send('PATCH', `/api/v1/tasks/${id}`, { status: 'done' }, ifMatch('"1"'));
    expect(response.status).toBe(200);
    expect(response.headers.get('etag')).toBe('"2"');
    expect(await response.json()).toMatchObject({
      title: 'Write the release notes',
      status: 'done',
      completedAt: '2026-03-02T08:00:00.000Z',
      version: 2,
    });
  });

  test('a change must say which version it changes', async () => {
    const { id } = await create();
    const response = await app.send('PATCH', `/api/v1/tasks/${id}`, { status: 'done' });
    expect(await problemOf(response)).toMatchObject({ status: 428, code: 'version-required' });
  });

  test.each(['"2"', 'W/"1"', '"abc"'])('a change at %s loses against version 1', async (tag) => {
    const { id } = await create();
    const response = await app.send('PATCH', `/api/v1/tasks/${id}`, { status: 'done' }, ifMatch(tag));
    expect(await problemOf(response)).toMatchObject({ status: 412, code: 'version-conflict' });
    expect(await (await app.send('GET', `/api/v1/tasks/${id}`)).json()).toMatchObject({ status: 'todo' });
  });

  test('* changes whatever is there', async () => {
    const { id } = await create();
    const response = await app.send('PATCH', `/api/v1/tasks/${id}`, { title: 'New' }, ifMatch('*'));
    expect(await response.json()).toMatchObject({ title: 'New', version: 2 });
  });

  test.each([
    ['an empty change', {}, 'json'],
    ['a field that only the service writes', { title: 'New', version: 7 }, 'version'],
    ['null for what must have a value', { title: null }, 'title'],
  ])('%s is refused', async (_, body, field) => {
    const { id } = await create();
    const response = await app.send('PATCH', `/api/v1/tasks/${id}`, body, ifMatch('"1"'));
    expect(await problemOf(response)).toMatchObject({ status: 422, fields: [field] });
  });

  test('an unknown assignee or task is refused', async () => {
    const { id } = await create();
    const assign = { assigneeId: randomUUID() };
    const unknown = await app.send('PATCH', `/api/v1/tasks/${id}`, assign, ifMatch('"1"'));
    expect(await problemOf(unknown)).toMatchObject({ status: 422, code: 'unknown-assignee' });
    const missing = await app.send('PATCH', `/api/v1/tasks/${randomUUID()}`, { title: 'a' }, ifMatch('*'));
    expect(await problemOf(missing)).toMatchObject({ status: 404 });
  });
});

describe('removing', () => {
  test('a removed task is gone', async () => {
    const { id } = await create();
    expect((await app.send('DELETE', `/api/v1/tasks/${id}`)).status).toBe(204);
    expect((await app.send('GET', `/api/v1/tasks/${id}`)).status).toBe(404);
    expect((await app.send('DELETE', `/api/v1/tasks/${id}`)).status).toBe(404);
  });

  test.each(['"2"', 'nonsense'])('with If-Match %s version 1 stays', async (tag) => {
    const { id } = await create();
    const response = await app.send('DELETE', `/api/v1/tasks/${id}`, undefined, { 'if-match': tag });
    expect(await problemOf(response)).toMatchObject({ status: 412 });
    expect((await app.send('GET', `/api/v1/tasks/${id}`)).status).toBe(200);
  });

  test('at the version that was read it goes', async () => {
    const { id } = await create();
    const response = await app.send('DELETE', `/api/v1/tasks/${id}`, undefined, { 'if-match': '"1"' });
    expect(response.status).toBe(204);
  });
});
