import { rowNumberSchema } from '@slipway/contracts/api/row-number';
import {
  claimRequestSchema,
  finishRequestSchema,
  heartbeatRequestSchema,
  type RunnerGateway,
} from '@slipway/contracts/runner-protocol';
import type { JobRequest } from '@slipway/workflow';
import { Hono } from 'hono';
import { z } from 'zod';
import type { RunnerMachine } from '../access/principal.ts';
import { answerError } from './answer-error.ts';
import { callerOf } from './identify-caller.ts';
import { limitBody } from './limit-body.ts';
import { readKeptBody } from './read-kept-body.ts';
import { fullNameOf, type RunnerAccess, requireOwnJob } from './runner-access.ts';

export interface RunnerRoutesOptions {
  gateway: RunnerGateway<JobRequest>;
  access: RunnerAccess;
  /** Aborted: requests that wait are answered, since the server is about to end. */
  closing?: AbortSignal;
}

interface RunnerEnv {
  Variables: { machine: RunnerMachine | null };
}

/** A result is small; outputs of a job are at most 1 MiB each, and 50 MiB in all, on GitHub. */
const mostResultBytes = 52 * 1024 ** 2;
const mostRequestBytes = 64 * 1024;
const mostPieceBytes = 4 * 1024 ** 2;

const jobSchema = z.object({ id: rowNumberSchema });
const fenceSchema = z.strictObject({ fence: rowNumberSchema });
const placeSchema = z.strictObject({
  fence: rowNumberSchema,
  offset: z.coerce.number().int().nonnegative(),
});

/** The server's side of the runner protocol (contracts, runner-protocol), to be mounted at `/runner/v1`. */
export function runnerRoutes({ gateway, access, closing }: RunnerRoutesOptions): Hono<RunnerEnv> {
  const app = new Hono<RunnerEnv>();
  const signalOf = ({ signal }: Request) => (closing ? AbortSignal.any([signal, closing]) : signal);
  app.onError(answerError);
  app.use(async (c, next) => {
    c.set('machine', await access.letIn(callerOf(c)));
    await next();
  });
  app.use('/jobs/:id/*', async (c, next) => {
    await requireOwnJob(access, c.var.machine, jobSchema.parse(c.req.param()).id);
    await next();
  });
  app.post('/claims', limitBody(mostRequestBytes), async (c) => {
    const { runner, ...request } = claimRequestSchema.parse(await c.req.json());
    const named = { ...request, runner: fullNameOf(c.var.machine, runner) };
    const claimed = await gateway.claim(named, signalOf(c.req.raw));
    return claimed === null ? c.body(null, 204) : c.json(claimed as object);
  });
  app.post('/jobs/:id/heartbeat', limitBody(mostRequestBytes), async (c) => {
    const { id } = jobSchema.parse(c.req.param());
    const request = heartbeatRequestSchema.parse(await c.req.json());
    return c.json(await gateway.heartbeat(id, request, signalOf(c.req.raw)));
  });
  app.put('/jobs/:id/stream', limitBody(mostPieceBytes), async (c) => {
    const { id } = jobSchema.parse(c.req.param());
    const place = placeSchema.parse(c.req.query());
    const bytes = new Uint8Array(await c.req.arrayBuffer());
    return c.json(await gateway.append(id, { ...place, bytes }));
  });
  app.post('/jobs/:id/finish', limitBody(mostResultBytes), async (c) => {
    const { id } = jobSchema.parse(c.req.param());
    await gateway.finish(id, finishRequestSchema.parse(await c.req.json()));
    return c.body(null, 204);
  });
  app.put('/jobs/:id/kept', async (c) => {
    const { id } = jobSchema.parse(c.req.param());
    const { fence } = fenceSchema.parse(c.req.query());
    const { summary, archive } = await readKeptBody(c.req.raw.body ?? emptyBody());
    await gateway.keep(id, { fence, summary, archive });
    return c.body(null, 204);
  });
  app.get('/jobs/:id/kept', async (c) => {
    const { id } = jobSchema.parse(c.req.param());
    const archive = await gateway.fetchKept(id, fenceSchema.parse(c.req.query()));
    c.header('content-type', 'application/octet-stream');
    return c.body(ReadableStream.from(archive) as ReadableStream<Uint8Array<ArrayBuffer>>);
  });
  return app;
}

function emptyBody(): AsyncIterable<Uint8Array> {
  return (async function* () {})();
}
