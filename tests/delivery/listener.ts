import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

export interface Received {
  path: string;
  headers: IncomingHttpHeaders;
  body: string;
}

/** Somebody who is told things until the test ends, and answers as it wants. */
export async function listener(
  answer: (
    received: Received,
    nth: number,
  ) => { status: number; body?: object; headers?: Record<string, string> },
) {
  const received: Received[] = [];
  const server: Server = createServer(async (request, response) => {
    let body = '';
    for await (const piece of request.setEncoding('utf8')) body += piece;
    const one = { path: request.url ?? '', headers: request.headers, body };
    const { status, body: answered = {}, headers = {} } = answer(one, received.length);
    received.push(one);
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(JSON.stringify(answered));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  onTestFinished(() => closeServer(server));
  return { received, port, url: `http://127.0.0.1:${port}` };
}

export function closeServer(server: Server): void {
  server.closeAllConnections();
  server.close();
}
