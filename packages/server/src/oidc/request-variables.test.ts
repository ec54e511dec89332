import type { JobRequest } from '@slipway/workflow';
import { expect, test } from 'vitest';
import { idTokenVariables } from './request-variables.ts';

const asking = { publicUrl: 'https://ci.example.com', key: new Uint8Array(32), now: 0 };

function request(permissions: JobRequest['permissions'], github: object): JobRequest {
  return { permissions, contexts: { github } } as unknown as JobRequest;
}

const pullRequestOf = (repository: string) => ({
  event_name: 'pull_request',
  repository: 'octo/app',
  event: { pull_request: { head: { repo: { full_name: repository } } } },
});

test('a job that may write id-token is told where to ask', async () => {
  const own = request({ 'id-token': 'write' }, pullRequestOf('octo/app'));
  expect(await idTokenVariables(own, { jobId: 1, fence: 1 }, asking)).toEqual({
    ACTIONS_ID_TOKEN_REQUEST_URL: 'https://ci.example.com/oidc/token?api-version=2.0',
    ACTIONS_ID_TOKEN_REQUEST_TOKEN: expect.stringMatching(/^ey/),
  });
});

test.each([
  ['without the permission', { contents: 'write' }, { event_name: 'push' }],
  ['that may read it', { 'id-token': 'read' }, { event_name: 'push' }],
  ['of a fork, whatever its file asks for', { 'id-token': 'write' }, pullRequestOf('mallory/app')],
  ['of a fork that is gone', { 'id-token': 'write' }, { ...pullRequestOf(''), event: { pull_request: {} } }],
] as const)('a job %s is told nothing', async (_, permissions, github) => {
  const other = request(permissions as JobRequest['permissions'], github);
  expect(await idTokenVariables(other, { jobId: 1, fence: 1 }, asking)).toEqual({});
});
