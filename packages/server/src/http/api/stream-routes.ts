import { createRoute } from '@hono/zod-openapi';
import { z } from 'zod';
import type { Principal } from '../../access/principal.ts';
import {
  requireRunPermission,
  type VisibleProjects,
  visibleIn,
  visibleOf,
} from '../../access/project-access.ts';
import { readRun } from '../../history/read-runs.ts';
import { followSettled, settledNow } from '../../history/settled-events.ts';
import type { Store } from '../../store/open-store.ts';
import type { ApiContext, ApiRouter } from './api-context.ts';
import { runParams } from './describe-route.ts';
import { lastIdOf, type Message, serverSentEvents } from './server-sent-events.ts';

const sse = {
  200: {
    description: 'RunEvents; `id` counts them, `Last-Event-ID` goes on from there.',
    content: { 'text/event-stream': { schema: z.string() } },
  },
};

const ofRun = createRoute({
  method: 'get',
  path: '/runs/{run}/events',
  summary: 'Follow a run (SSE)',
  description:
    'Everything that happened to the run and happens from now on, until it is finished; the last event is `end`. A client that asks again after the end gets 204, which tells browsers to stop.',
  request: { params: runParams },
  responses: {
    ...sse,
    204: { description: 'The run is finished, and nothing follows what the client has.' },
  },
});

const ofAll = createRoute({
  method: 'get',
  path: '/events',
  summary: 'Follow all runs, or those of a project (SSE)',
  description: 'What happens from now on, or since `Last-Event-ID`.',
  request: { query: z.strictObject({ project: z.string().optional() }) },
  responses: sse,
});

export function addStreamRoutes(api: ApiRouter, context: ApiContext): void {
  const { store, closing } = context;
  api.openapi(ofRun, async (c) => {
    const { run } = c.req.valid('param');
    const permit = (principal: Principal) =>
      requireRunPermission({ store, principal, permission: 'project.read' }, run);
    await permit(c.var.principal);
    const last = lastIdOf(c);
    const { status } = await readRun(store, run);
    if (
      last !== null &&
      status === 'completed' &&
      (await readRows(store, { run, after: last })).length === 0
    ) {
      return c.body(null, 204);
    }
    return serverSentEvents(c, { closing, permit }, (signal) =>
      runMessages(context, { run, after: last ?? 0, signal }),
    );
  });
  api.openapi(ofAll, async (c) => {
    const { project } = c.req.valid('query');
    const seen = { visible: visibleOf(c.var.principal, project) };
    const permit = (principal: Principal): void => {
      seen.visible = visibleOf(principal, project);
    };
    const after = lastIdOf(c) ?? (await settledNow(store, closing));
    return serverSentEvents(c, { closing, permit }, (signal) =>
      allMessages(context, { seen, after, signal }),
    );
  });
}

/** A notice may be missing. */
const lookEveryMs = 1_000;
/** Another project's driver is writing. */
const lookAgainMs = 20;
const pageSize = 500;

interface Following {
  after: number;
  signal: AbortSignal;
}

async function* runMessages(
  { store, notices }: ApiContext,
  { run, after, signal }: Following & { run: number },
): AsyncGenerator<Message> {
  for (let last = after; !signal.aborted; ) {
    const notice = notices.next(`run:${run}`, AbortSignal.any([signal, AbortSignal.timeout(lookEveryMs)]));
    const { status } = await readRun(store, run);
    const rows = await readRows(store, { run, after: last });
    for (const row of rows) yield messageOf(row);
    last = rows.at(-1)?.id ?? last;
    if (rows.length === pageSize) continue;
    if (status === 'completed') {
      yield { event: 'end', data: '{}' };
      return;
    }
    await notice;
  }
}

async function* allMessages(
  { store, notices }: ApiContext,
  { seen, after, signal }: Following & { seen: { readonly visible: VisibleProjects } },
): AsyncGenerator<Message> {
  const settled = followSettled(store);
  let last = after;
  let wake = () => {};
  const unwatch = notices.watchAll((topic) => {
    if (topic.startsWith('run:')) wake();
  });
  signal.addEventListener('abort', () => wake(), { once: true });
  try {
    while (!signal.aborted) {
      const notice = new Promise<void>((resolve) => {
        wake = resolve;
      });
      const { id, isBehind } = await settled.look();
      const rows = id > last ? await readRows(store, { visible: seen.visible, after: last, until: id }) : [];
      for (const row of rows) yield messageOf(row);
      if (rows.length === pageSize) {
        last = rows.at(-1)?.id ?? last;
        continue;
      }
      last = Math.max(last, id);
      const timer = setTimeout(wake, isBehind ? lookAgainMs : lookEveryMs);
      await notice;
      clearTimeout(timer);
    }
  } finally {
    unwatch();
  }
}

function readRows(
  store: Store,
  { run, visible, after, until }: { run?: number; visible?: VisibleProjects; after: number; until?: number },
) {
  let query = store.selectFrom('run_event').select(['run_event.id', 'run_event.event']);
  if (run !== undefined) query = query.where('run_event.run_id', '=', run);
  if (visible !== undefined) {
    query = query
      .innerJoin('run', 'run.id', 'run_event.run_id')
      .where(visibleIn(visible, 'run.project')) as unknown as typeof query;
  }
  if (until !== undefined) query = query.where('run_event.id', '<=', until);
  return query.where('run_event.id', '>', after).orderBy('run_event.id').limit(pageSize).execute();
}

function messageOf({ id, event }: { id: number; event: string }): Message {
  const { kind } = JSON.parse(event) as { kind: string };
  return { event: kind, id: String(id), data: event };
}
