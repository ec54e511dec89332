import type { MadeToken, NewTokenBody } from '@slipway/contracts/api/identity';
import type { Served } from '../server/served.ts';

export type ProjectRole = 'reader' | 'developer' | 'deployer' | 'admin';

/** Makes users and tokens at a server, as its admin. */
export interface People {
  /** A user with roles by project; @returns a token of the user */
  user(name: string, roles?: Record<string, ProjectRole>): Promise<string>;
  token(body: NewTokenBody): Promise<MadeToken>;
  /** Asks the REST interface with a token, or none. */
  ask<Answer = { error: { code: string; message: string } }>(
    token: string | null,
    method: string,
    path: string,
    body?: unknown,
  ): Promise<{ status: number; body: Answer; headers: Headers }>;
}

export function peopleOf(served: Served): People {
  const made = async <Answer>(method: string, path: string, body: unknown): Promise<Answer> => {
    const answer = await served.ask<Answer>(method, path, body);
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${JSON.stringify(answer)}`);
    return answer.body;
  };
  const token: People['token'] = (body) => made('POST', '/tokens', body);
  return {
    token,
    async user(name, roles = {}) {
      await made('POST', '/users', { name });
      for (const [project, role] of Object.entries(roles)) {
        await made('PUT', `/projects/${project}/members/${name}`, { role });
      }
      return (await token({ kind: 'person', name: 'test', user: name })).token;
    },
    async ask(bearer, method, path, body) {
      const leaving = new AbortController();
      const response = await fetch(`${served.server.url}/api/v1${path}`, {
        method,
        headers: {
          ...(bearer !== null && { authorization: `Bearer ${bearer}` }),
          ...(body !== undefined && { 'content-type': 'application/json' }),
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
        signal: leaving.signal,
      });
      const { status, headers } = response;
      // What is followed never ends by itself.
      if (headers.get('content-type')?.startsWith('text/event-stream')) {
        leaving.abort();
        return { status, headers, body: null as never };
      }
      const text = await response.text();
      const isJson = headers.get('content-type')?.includes('json') === true;
      return { status, headers, body: isJson ? JSON.parse(text) : text };
    },
  };
}
