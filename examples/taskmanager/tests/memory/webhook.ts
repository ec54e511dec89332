import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { onTestFinished } from 'vitest';

export type Webhook = {
  url: string;
  received: { headers: IncomingHttpHeaders; body: Record<string, unknown> }[];
  /** What the next requests are answered with; 200 when nothing is left. */
  answers: number[];
};

/** A real server that keeps what is posted to it, for the length of one test. */
export async function startWebhook(): Promise<Webhook> {
  const webhook: Webhook = { url: '', received: [], answers: [] };
  const server = createServer(async (request, response) => {
    webhook.received.push({
      headers: request.headers,
      body: (await json(request)) as Record<string, unknown>,
    });
    const status = webhook.answers.shift() ?? 200;
    response.writeHead(status, status === 302 ? { location: '/elsewhere' } : {}).end('thanks');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  webhook.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`;
  return webhook;
}
