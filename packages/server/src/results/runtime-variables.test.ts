import type { JobRequest, Value } from '@slipway/workflow';
import { expect, test } from 'vitest';
import type { JobScope } from './job-scope.ts';
import { runtimeVariables } from './runtime-variables.ts';

async function isUntrusted(event: Value): Promise<boolean | undefined> {
  const github = { event_name: 'x', repository: 'octo/app', ref: 'refs/heads/main', event };
  const request = { contexts: { github }, runId: '1', jobKey: 'a' } as unknown as JobRequest;
  let scope: JobScope | undefined;
  await runtimeVariables(request, 'http://here/', async (given) => {
    scope = given;
    return 'token';
  });
  return scope?.untrusted;
}

const pullOf = (repo: Value) => ({ pull_request: { head: { repo } } });

test.each<[string, Value, boolean]>([
  ['of a push', {}, false],
  [
    'of a pull request of the repository, whatever the case of its name',
    pullOf({ full_name: 'Octo/App' }),
    false,
  ],
  ['of a pull request of a fork', pullOf({ full_name: 'stranger/app' }), true],
  ['of a pull request of a fork that is gone', pullOf(null), true],
])('what a job makes %s is marked as untrusted: %j %s', async (_, event, expected) => {
  expect(await isUntrusted(event)).toBe(expected);
});
