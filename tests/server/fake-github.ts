import { createHmac, randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What was reported to GitHub, in order. */
export interface Reported {
  method: string;
  path: string;
  body: Record<string, unknown>;
}

/** GitHub as a server sees it: takes reports with the right token, and sends webhooks that are signed. */
export interface FakeGithub {
  apiUrl: string;
  reported: Reported[];
  /** The protection of branches as `GET /repos/…/branches/…/protection` answers it, by branch; null: it is not protected. */
  protection: Map<string, object | null>;
  /** Answers so many requests with this status. */
  refuse(times: number, status: number): void;
  /** Waits until something that was reported is as wanted. */
  told(is: (report: Reported) => boolean): Promise<Reported>;
  /** Sends a webhook; `secret` null leaves the signature out. */
  send(
    url: string,
    webhook: { event: string; payload: object; secret: string | null; delivery?: string },
  ): Promise<{ status: number; body: Record<string, unknown> }>;
  close(): Promise<void>;
}

export async function startFakeGithub(token: string): Promise<FakeGithub> {
  const reported: Reported[] = [];
  const protection: FakeGithub['protection'] = new Map();
  const waiting = new Set<() => void>();
  let refusals = 0;
  let refusal = 500;
  const server = createServer(async (request, response) => {
    const pieces: Buffer[] = [];
    for await (const piece of request) pieces.push(piece);
    const answer = (status: number, body: object): void => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    };
    if (request.headers.authorization !== `Bearer ${token}`)
      return answer(401, { message: 'Bad credentials' });
    if (refusals > 0) {
      refusals -= 1;
      return answer(refusal, { message: 'not now' });
    }
    const branch = /\/branches\/([^/]+)\/protection$/.exec(request.url ?? '')?.[1];
    if (request.method === 'GET' && branch !== undefined) {
      const known = protection.get(decodeURIComponent(branch));
      if (known === undefined) return answer(404, { message: 'Branch not found' });
      return known === null ? answer(404, { message: 'Branch not protected' }) : answer(200, known);
    }
    const body = JSON.parse(Buffer.concat(pieces).toString());
    if (branch !== undefined) protection.set(decodeURIComponent(branch), asGithubShows(body));
    reported.push({ method: request.method ?? '', path: request.url ?? '', body });
    for (const wake of waiting) wake();
    answer(request.method === 'POST' ? 201 : 200, { id: reported.length });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    apiUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    reported,
    protection,
    refuse(times, status) {
      refusals = times;
      refusal = status;
    },
    async told(is) {
      for (;;) {
        const found = reported.find(is);
        if (found !== undefined) return found;
        await new Promise<void>((resolve) => {
          const wake = (): void => {
            waiting.delete(wake);
            resolve();
          };
          waiting.add(wake);
        });
      }
    },
    async send(url, { event, payload, secret, delivery = randomUUID() }) {
      const body = JSON.stringify(payload);
      const signature = createHmac('sha256', secret ?? '')
        .update(body)
        .digest('hex');
      const response = await fetch(url, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'x-github-event': event,
          'x-github-delivery': delivery,
          ...(secret !== null && { 'x-hub-signature-256': `sha256=${signature}` }),
        },
        body,
      });
      return { status: response.status, body: (await response.json()) as Record<string, unknown> };
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** GitHub answers flags as objects. */
function asGithubShows(body: Record<string, unknown>): object {
  return Object.fromEntries(
    Object.entries(body).map(([name, value]) => [
      name,
      typeof value === 'boolean' ? { enabled: value } : value,
    ]),
  );
}
