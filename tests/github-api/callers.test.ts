import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Served, serveForTest } from '../server/served.ts';
import { octokitOf } from './octokit.ts';

let served: Served;

beforeAll(async () => {
  served = await serveForTest({ labels: [] });
  const clone = await served.project('octo/api', { 'README.md': 'hello\n' });
  await clone.git('push', '--quiet', 'origin', 'main');
});
afterAll(() => served.close());

describe('whoever asks', () => {
  const ask = (path: string, headers: Record<string, string>, body?: object) =>
    fetch(`${served.server.url}/api/v3${path}`, {
      headers: { 'content-type': 'application/json', ...headers },
      ...(body !== undefined && { method: 'POST', body: JSON.stringify(body) }),
    });

  test('without a token, or with a wrong one, gets 401 in the form that clients of GitHub read', async () => {
    for (const headers of [{}, { authorization: 'token slipway_wrong' }] as Record<string, string>[]) {
      const answer = await ask('/repos/octo/api', headers);
      expect(answer.status).toBe(401);
      expect(await answer.json()).toEqual({
        message: 'Bad credentials',
        documentation_url: expect.any(String),
        status: '401',
      });
    }
  });

  test('cannot reach another repository than that of the path by what a body says', async () => {
    const authorization = `token ${served.token}`;
    for (const body of [{ repository: 'octo/other' }, { owner: 'other' }, { repo: 'other' }]) {
      const answer = await ask('/repos/octo/api/dispatches', { authorization }, { event_type: 'x', ...body });
      expect(answer.status).toBe(403);
    }
    const own = await ask(
      '/repos/octo/api/dispatches',
      { authorization },
      { event_type: 'x', repository: 'octo/api' },
    );
    expect(own.status).toBe(204);
  });

  test('is told the name of a route or a field that is not served', async () => {
    await expect(octokitOf(served).request('GET /repos/octo/api/traffic/views')).rejects.toMatchObject({
      status: 404,
      message: expect.stringContaining('GET /api/v3/repos/octo/api/traffic/views'),
    });
    expect(await octokitOf(served).graphql('{ viewer { login } }')).toEqual({ viewer: { login: 'admin' } });
    await expect(octokitOf(served).graphql('{ viewer { sponsors } }')).rejects.toThrow(
      /Cannot query field "sponsors".*Slipway serves the part/,
    );
  });
});
