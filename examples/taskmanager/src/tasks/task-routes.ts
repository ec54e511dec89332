import { createRoute, OpenAPIHono, z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import type { AppEnv } from '../http/app-env.ts';
import { problem, problemResponses } from '../http/problem.ts';
import { refuseInvalid } from '../http/refuse-invalid.ts';
import { entityTag, holdsVersion, readIfMatch } from './entity-tag.ts';
import { encodeCursor } from './page-cursor.ts';
import { draftTask, reviseTask, type Task } from './task.ts';
import {
  newTaskBody,
  taskBody,
  taskChangesBody,
  taskListQuery,
  taskPageBody,
  toTaskBody,
} from './task-schema.ts';
import type { Refused, TaskStore } from './task-store.ts';

export type TaskServices = { tasks: TaskStore; now: () => Date; newId: () => string };

/** Tasks belong to the whole team: whoever is signed in sees and changes all of them. */
export function taskRoutes({ tasks, now, newId }: TaskServices): OpenAPIHono<AppEnv> {
  const routes = new OpenAPIHono<AppEnv>({ defaultHook: refuseInvalid });

  routes.openapi(listRoute, async (context) => {
    const { cursor, status, priority, assigneeId, dueBefore, text, limit } = context.req.valid('query');
    const page = await tasks.list({ status, priority, assigneeId, dueBefore, text, limit, after: cursor });
    return context.json(
      { items: page.tasks.map(toTaskBody), nextCursor: page.next ? encodeCursor(page.next) : null },
      200,
    );
  });

  routes.openapi(createTaskRoute, async (context) => {
    const draft = context.req.valid('json');
    const task = draftTask(draft, { id: newId(), createdBy: context.get('user').id, now: now() });
    const result = await tasks.insert(task);
    if (result.kind === 'unknown-assignee') return problem(context, 'unknown-assignee');
    return context.json(toTaskBody(result.task), 201, {
      ...versionHeader(result.task),
      location: `/api/v1/tasks/${task.id}`,
    });
  });

  routes.openapi(readRoute, async (context) => {
    const task = await tasks.find(context.req.valid('param').id);
    if (!task) return problem(context, 'not-found');
    if (holdsVersion(context.req.header('if-none-match'), task.version)) {
      return context.body(null, 304, versionHeader(task));
    }
    return context.json(toTaskBody(task), 200, versionHeader(task));
  });

  routes.openapi(changeRoute, async (context) => {
    const precondition = readIfMatch(context.req.header('if-match'));
    if (precondition.kind === 'absent') return problem(context, 'version-required');
    if (precondition.kind === 'foreign') return problem(context, 'version-conflict');
    const changes = context.req.valid('json');
    const result = await tasks.update({
      id: context.req.valid('param').id,
      expectedVersion: precondition.kind === 'version' ? precondition.version : undefined,
      revise: (task) => reviseTask(task, changes, now()),
    });
    if (result.kind === 'unknown-assignee') return problem(context, 'unknown-assignee');
    if (result.kind !== 'written') return refuse(context, result);
    return context.json(toTaskBody(result.task), 200, versionHeader(result.task));
  });

  routes.openapi(removeRoute, async (context) => {
    const precondition = readIfMatch(context.req.header('if-match'));
    if (precondition.kind === 'foreign') return problem(context, 'version-conflict');
    const result = await tasks.remove({
      id: context.req.valid('param').id,
      expectedVersion: precondition.kind === 'version' ? precondition.version : undefined,
    });
    return result.kind === 'removed' ? context.body(null, 204) : refuse(context, result);
  });

  return routes;
}

function versionHeader(task: Task): { etag: string } {
  return { etag: entityTag(task.version) };
}

function refuse(context: Context, refused: Refused) {
  return problem(context, refused.kind === 'missing' ? 'not-found' : 'version-conflict');
}

const taskContent = { 'application/json': { schema: taskBody } };
const taskId = z.object({ id: z.uuid('must be the id of a task') });
const shared = { tags: ['tasks'], security: [{ session: [] }] };

const listRoute = createRoute({
  ...shared,
  method: 'get',
  path: '/',
  summary: 'List tasks, newest first, in pages',
  request: { query: taskListQuery },
  responses: {
    200: { description: 'One page', content: { 'application/json': { schema: taskPageBody } } },
    ...problemResponses('unauthenticated', 'invalid-request', 'rate-limited'),
  },
});

const createTaskRoute = createRoute({
  ...shared,
  method: 'post',
  path: '/',
  summary: 'Create a task',
  request: { body: { required: true, content: { 'application/json': { schema: newTaskBody } } } },
  responses: {
    201: { description: 'Created; Location says where, ETag which version', content: taskContent },
    ...problemResponses(
      'malformed-json',
      'unauthenticated',
      'invalid-request',
      'unknown-assignee',
      'too-large',
    ),
  },
});

const readRoute = createRoute({
  ...shared,
  method: 'get',
  path: '/{id}',
  summary: 'Read a task; its version is the ETag',
  request: { params: taskId },
  responses: {
    200: { description: 'The task', content: taskContent },
    304: { description: 'The version in If-None-Match is still the current one' },
    ...problemResponses('unauthenticated', 'not-found', 'invalid-request'),
  },
});

const changeRoute = createRoute({
  ...shared,
  method: 'patch',
  path: '/{id}',
  summary: 'Change the given fields of a task; If-Match must name the version that was read, or *',
  request: {
    params: taskId,
    body: { required: true, content: { 'application/json': { schema: taskChangesBody } } },
  },
  responses: {
    200: { description: 'The task after the change', content: taskContent },
    ...problemResponses(
      'malformed-json',
      'unauthenticated',
      'not-found',
      'invalid-request',
      'unknown-assignee',
      'version-conflict',
      'version-required',
    ),
  },
});

const removeRoute = createRoute({
  ...shared,
  method: 'delete',
  path: '/{id}',
  summary: 'Remove a task, with If-Match only when it is still at that version',
  request: { params: taskId },
  responses: {
    204: { description: 'Removed' },
    ...problemResponses('unauthenticated', 'not-found', 'invalid-request', 'version-conflict'),
  },
});
