import type { JobRequest, Permissions } from '@slipway/workflow';
import { expect, test } from 'vitest';
import { permissionsOfJob } from './job-permissions.ts';

function requestOf(event: string, head: string, permissions: Permissions): JobRequest {
  const pull = { pull_request: { head: { repo: { full_name: head } } } };
  const github = { event_name: event, repository: 'octo/app', event: event === 'push' ? {} : pull };
  return { permissions, contexts: { github } } as unknown as JobRequest;
}

const all = { contents: 'write', issues: 'read', 'id-token': 'write', packages: 'none' } as const;
const whole = { metadata: 'read', contents: 'write', issues: 'read', 'id-token': 'write' };
const clamped = { metadata: 'read', contents: 'read', issues: 'read' };

test.each([
  ['push', 'octo/app', whole],
  ['pull_request', 'octo/app', whole],
  // Names are the same in any case.
  ['pull_request', 'Octo/App', whole],
  ['pull_request', 'stranger/app', clamped],
  ['pull_request_review', 'stranger/app', clamped],
  // Runs the code of the base.
  ['pull_request_target', 'stranger/app', whole],
] as const)('on %s from %s a job may %o', (event, head, expected) => {
  expect(permissionsOfJob(requestOf(event, head, all))).toEqual(expected);
});
