import { once } from 'node:events';
import { chmodSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';

export interface ControlRequest {
  method: string;
  /** Parts of the path, decoded: `/units/a.b` is `['units', 'a.b']`. */
  path: string[];
  query: URLSearchParams;
  body: unknown;
}

export interface ControlAnswer {
  status: number;
  /** JSON, or with `text` the text itself. */
  body?: unknown;
  text?: string;
}

const mostBytes = 4 * 1024 * 1024;

/**
 * Listens on a unix socket for its owner only; what is left of an earlier socket is removed, so be the only one first.
 * What `answer` throws is a 500 with its message.
 */
export async function serveControl(
  socket: string,
  answer: (request: ControlRequest) => ControlAnswer | Promise<ControlAnswer>,
): Promise<Server> {
  rmSync(socket, { force: true });
  const server = createServer((request, response) => {
    void reply(request, response, answer);
  });
  server.listen(socket);
  await once(server, 'listening');
  chmodSync(socket, 0o600);
  return server;
}

async function reply(
  request: IncomingMessage,
  response: ServerResponse,
  answer: (request: ControlRequest) => ControlAnswer | Promise<ControlAnswer>,
): Promise<void> {
  let given: ControlAnswer;
  try {
    const url = new URL(request.url ?? '/', 'http://daemon');
    const path = url.pathname.split('/').filter(Boolean).map(decodeURIComponent);
    const body = await readBody(request);
    given = await answer({ method: request.method ?? 'GET', path, query: url.searchParams, body });
  } catch (error) {
    given = { status: 500, body: { message: error instanceof Error ? error.message : String(error) } };
  }
  const content = given.text ?? JSON.stringify(given.body ?? null);
  const type = given.text === undefined ? 'application/json' : 'text/plain; version=0.0.4; charset=utf-8';
  response.writeHead(given.status, { 'content-type': type, 'content-length': Buffer.byteLength(content) });
  response.end(content);
}

async function readBody(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    chunks.push(chunk);
    size += chunk.length;
    if (size > mostBytes) throw new Error('the request is too large');
  }
  return size === 0 ? undefined : JSON.parse(Buffer.concat(chunks).toString('utf8'));
}
