import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getRequestListener } from '@hono/node-server';

export type HttpServer = {
  /** The port that was bound, also when 0 was asked for. */
  port: number;
  /**
   * Stops listening and waits for requests in flight; after `graceMs` their connections are cut. Resolves to whether
   * all of them finished.
   */
  close(graceMs: number): Promise<boolean>;
};

/** Rejects when the address can't be bound. */
export async function startHttpServer(options: {
  fetch: (request: Request, env: object) => Response | Promise<Response>;
  host: string;
  port: number;
}): Promise<HttpServer> {
  const server = createServer(getRequestListener(options.fetch));
  // A kept-alive connection whose last request ends after `close` began would hold it until the keep-alive time-out.
  server.on('request', (_, response) => {
    response.once('close', () => server.listening || server.closeIdleConnections());
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, options.host, resolve);
  });
  const { port } = server.address() as AddressInfo;
  return { port, close: (graceMs) => close(server, graceMs) };
}

async function close(server: Server, graceMs: number): Promise<boolean> {
  let finished = true;
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  const timer = setTimeout(() => {
    finished = false;
    server.closeAllConnections();
  }, graceMs);
  await closed;
  clearTimeout(timer);
  return finished;
}
