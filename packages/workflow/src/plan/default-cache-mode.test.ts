import { expect, test } from 'vitest';
import type { Value } from '../expressions/value.ts';
import { defaultCacheMode } from './default-cache-mode.ts';

const followed = (event: string, from = 'octo/app') => ({
  workflow_run: { event, head_repository: { full_name: from } },
});

test.each<[string, Value, string]>([
  ['push', {}, 'write'],
  ['schedule', {}, 'write'],
  ['workflow_dispatch', {}, 'write'],
  ['pull_request', {}, 'write'],
  ['pull_request_target', {}, 'read'],
  ['issue_comment', {}, 'read'],
  ['workflow_run', followed('push'), 'write'],
  ['workflow_run', followed('pull_request'), 'write'],
  ['workflow_run', followed('pull_request', 'Octo/App'), 'write'],
  ['workflow_run', followed('pull_request', 'stranger/app'), 'read'],
  ['workflow_run', followed('pull_request_target'), 'read'],
  ['workflow_run', {}, 'write'],
])('a job of %s %j may by itself %3$s', (event_name, event, mode) => {
  expect(defaultCacheMode({ event_name, event, repository: 'octo/app' })).toBe(mode);
});
