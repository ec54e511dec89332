import { type ErrorBody, errorTable, SlipwayError } from '@slipway/contracts/errors';
import type { KeptJobSummary } from '@slipway/contracts/kept-job';
import type {
  ClaimedJob,
  HeartbeatAnswer,
  RunnerGateway,
  StreamAnswer,
} from '@slipway/contracts/runner-protocol';
import type { JobRequest } from '@slipway/workflow';

export interface HttpGatewayOptions {
  /** Of the server, e.g. `https://ci.example.com`. */
  url: string;
  /** The runner's token. */
  token: string;
}

const answerWithinMs = 30_000;
const transferWithinMs = 30 * 60_000;

/** The runner protocol over HTTP. Rejects with SlipwayError for an answer that is an error, with fetch's own errors for none. */
export function httpGateway({ url, token }: HttpGatewayOptions): RunnerGateway<JobRequest> {
  const base = `${url.replace(/\/+$/, '')}/runner/v1`;
  const send = async (path: string, init: RequestInit, withinMs = answerWithinMs): Promise<Response> => {
    const timeout = AbortSignal.timeout(withinMs);
    const response = await fetch(`${base}${path}`, {
      ...init,
      headers: { ...init.headers, authorization: `Bearer ${token}` },
      signal: init.signal ? AbortSignal.any([init.signal, timeout]) : timeout,
    });
    if (!response.ok) throw await errorOf(response);
    return response;
  };
  const post = (path: string, body: unknown, signal?: AbortSignal, withinMs?: number) => {
    const headers = { 'content-type': 'application/json' };
    const init = { method: 'POST', headers, body: JSON.stringify(body), ...(signal && { signal }) };
    return send(path, init, withinMs);
  };
  return {
    async claim(request, signal) {
      const response = await post('/claims', request, signal, request.waitMs + answerWithinMs);
      return response.status === 204 ? null : ((await response.json()) as ClaimedJob<JobRequest>);
    },
    async heartbeat(jobId, request, signal) {
      const withinMs = request.waitMs + answerWithinMs;
      const response = await post(`/jobs/${jobId}/heartbeat`, request, signal, withinMs);
      return (await response.json()) as HeartbeatAnswer;
    },
    async append(jobId, { fence, offset, bytes }) {
      const init = { method: 'PUT', body: bytes as Uint8Array<ArrayBuffer> };
      const response = await send(`/jobs/${jobId}/stream?fence=${fence}&offset=${offset}`, init);
      return (await response.json()) as StreamAnswer;
    },
    async finish(jobId, request) {
      await (await post(`/jobs/${jobId}/finish`, request)).arrayBuffer();
    },
    async keep(jobId, { fence, summary, archive }) {
      const body = ReadableStream.from(keptBody(summary, archive)) as unknown as ReadableStream;
      const init: RequestInit = { method: 'PUT', body, duplex: 'half' };
      await (await send(`/jobs/${jobId}/kept?fence=${fence}`, init, transferWithinMs)).arrayBuffer();
    },
    async fetchKept(jobId, { fence }) {
      const response = await send(`/jobs/${jobId}/kept?fence=${fence}`, {}, transferWithinMs);
      return response.body as unknown as AsyncIterable<Uint8Array>;
    },
  };
}

async function* keptBody(
  summary: KeptJobSummary,
  archive: AsyncIterable<Uint8Array>,
): AsyncIterable<Uint8Array> {
  yield new TextEncoder().encode(`${JSON.stringify(summary)}\n`);
  yield* archive;
}

/** A proxy's page, or no body at all, is an error of its status. */
async function errorOf(response: Response): Promise<Error> {
  const body = (await response.json().catch(() => null)) as Partial<ErrorBody> | null;
  const { code, message, field } = body?.error ?? {};
  if (code === undefined || !Object.hasOwn(errorTable, code)) {
    return new Error(`the server answered ${response.status} ${response.statusText}`);
  }
  return new SlipwayError(code, { ...(message && { message }), ...(field && { field }) });
}
