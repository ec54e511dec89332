import { createRoute } from '@hono/zod-openapi';
import { jobDetailSchema } from '@slipway/contracts/api/jobs';
import { JobLogText } from '@slipway/contracts/job-log-text';
import { stream as streamBody } from 'hono/streaming';
import { z } from 'zod';
import type { Principal } from '../../access/principal.ts';
import { requireJobPermission } from '../../access/project-access.ts';
import { findStream, readEvents, readJobDetail } from '../../history/job-stream.ts';
import { createLogTails, type LogTails } from '../../history/log-tails.ts';
import type { ApiContext, ApiRouter } from './api-context.ts';
import { answers, jobParams, noQuery } from './describe-route.ts';
import { readRange } from './read-range.ts';
import { type Message, serverSentEvents } from './server-sent-events.ts';

const detail = createRoute({
  method: 'get',
  path: '/jobs/{job}/steps',
  summary: 'Show the steps of a job, its annotations and summaries',
  request: { params: jobParams, query: noQuery },
  responses: answers(200, 'As far as the job is.', jobDetailSchema),
});

const log = createRoute({
  method: 'get',
  path: '/jobs/{job}/log',
  summary: 'Read the log of a job; with `Accept: text/event-stream` follow it',
  description:
    'As text: what there is, each step under its name; with `step` the output of one step alone. As events: everything that the job says, as it comes; `id` is `<claim>.<offset>`, `Last-Event-ID` goes on from there, and the last event is `end`.',
  request: {
    params: jobParams,
    query: z.strictObject({ step: z.coerce.number().int().nonnegative().optional() }),
  },
  responses: {
    200: {
      description: 'The log.',
      content: { 'text/plain': { schema: z.string() }, 'text/event-stream': { schema: z.string() } },
    },
  },
});

const raw = createRoute({
  method: 'get',
  path: '/jobs/{job}/stream',
  summary: 'Read the stream of a job as its runner sent it, or a range of its bytes',
  request: { params: jobParams, query: noQuery },
  responses: {
    200: { description: 'All of it.', content: { 'application/octet-stream': { schema: z.string() } } },
    206: {
      description: 'The bytes that `Range` asks for.',
      content: { 'application/octet-stream': { schema: z.string() } },
    },
  },
});

const pieceBytes = 1024 * 1024;

export function addJobRoutes(api: ApiRouter, context: ApiContext): void {
  const tails = createLogTails(context);
  const requireRead = (principal: Principal, jobId: number) =>
    requireJobPermission({ store: context.store, principal, permission: 'project.read' }, jobId);
  api.openapi(detail, async (c) => {
    const { job } = c.req.valid('param');
    await requireRead(c.var.principal, job);
    return c.json(await readJobDetail(context, job), 200);
  });
  api.openapi(log, async (c) => {
    const { job: jobId } = c.req.valid('param');
    await requireRead(c.var.principal, jobId);
    const { stream } = await findStream(context, jobId);
    if (c.req.header('accept')?.includes('text/event-stream')) {
      const permit = (principal: Principal) => requireRead(principal, jobId);
      return serverSentEvents(c, { closing: context.closing, permit }, (signal) =>
        jobMessages(tails, jobId, { signal, last: c.req.header('last-event-id') }),
      );
    }
    const { step } = c.req.valid('query');
    c.header('content-type', 'text/plain; charset=utf-8');
    // Logs are bytes that a job chose: no browser takes them for a page.
    c.header('x-content-type-options', 'nosniff');
    const text = new JobLogText();
    return streamBody(c, async (out) => {
      for await (const events of readEvents(context, stream)) {
        for (const { event } of events) {
          const bytes = step === undefined ? text.of(event) : stepBytes(event, step);
          if (bytes !== null) await out.write(bytes);
        }
      }
    });
  });
  api.openapi(raw, async (c) => {
    const { job } = c.req.valid('param');
    await requireRead(c.var.principal, job);
    const { stream } = await findStream(context, job);
    const size = await context.streams.size(stream);
    const range = readRange(c.req.header('range'), size);
    c.header('content-type', 'application/octet-stream');
    c.header('accept-ranges', 'bytes');
    c.header('content-length', String(range.end - range.start));
    if (range.isPartial) {
      c.status(206);
      c.header('content-range', `bytes ${range.start}-${range.end - 1}/${size}`);
    }
    return streamBody(c, async (out) => {
      for (let offset = range.start; offset < range.end; ) {
        const maxBytes = Math.min(pieceBytes, range.end - offset);
        const piece = await context.streams.read(stream, { offset, maxBytes });
        if (piece.length === 0) return;
        await out.write(piece);
        offset += piece.length;
      }
    });
  });
}

function stepBytes(
  event: { kind: string; step?: number; bytes?: Uint8Array },
  step: number,
): Uint8Array | null {
  return event.kind === 'step.log' && event.step === step ? (event.bytes ?? null) : null;
}

async function* jobMessages(
  tails: LogTails,
  jobId: number,
  { signal, last }: { signal: AbortSignal; last: string | undefined },
): AsyncGenerator<Uint8Array | Message> {
  const [fence = 0, offset = 0] = /^\d+\.\d+$/.test(last ?? '') ? (last ?? '').split('.').map(Number) : [];
  yield* tails.follow(jobId, { from: { fence, offset }, signal });
  if (!signal.aborted) yield { event: 'end', data: '{}' };
}
