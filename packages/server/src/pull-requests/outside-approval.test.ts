import type { Payload } from '@slipway/workflow/triggers';
import { expect, test } from 'vitest';
import { type ForkApproval, whyHeld } from './outside-approval.ts';

interface Told {
  event?: string;
  action?: string;
  association?: string | null;
  from?: string | null;
  sender?: string;
  policy?: ForkApproval;
}

const held = ({ event = 'pull_request', policy = 'all', ...told }: Told): boolean => {
  const { action = 'opened', association = 'NONE', from = 'stranger/app', sender = 'stranger' } = told;
  const payload: Payload = {
    action,
    pull_request: {
      user: { login: 'stranger' },
      head: { repo: from === null ? null : { full_name: from } },
      ...(association !== null && { author_association: association }),
    },
    sender: { login: sender },
    // Who wrote the commits is whoever they say it was.
    commits: [{ author: { name: 'octo', email: 'octo@example.com' } }],
  };
  return whyHeld(event, payload, { policy, repository: 'octo/app' }) !== null;
};

test.each<[string, Told, boolean]>([
  ['of somebody from outside', {}, true],
  ['of somebody who has contributed before', { association: 'CONTRIBUTOR' }, true],
  [
    'of somebody who has contributed before, where only first ones wait',
    { association: 'CONTRIBUTOR', policy: 'first-time' },
    false,
  ],
  [
    'of a first contributor, where only first ones wait',
    { association: 'FIRST_TIME_CONTRIBUTOR', policy: 'first-time' },
    true,
  ],
  ['of somebody from outside, where nothing waits', { policy: 'none' }, false],
  ['of a member', { association: 'MEMBER' }, false],
  ['of the owner', { association: 'OWNER' }, false],
  [
    'of a member, to which somebody else has pushed',
    { association: 'MEMBER', action: 'synchronize', sender: 'other' },
    true,
  ],
  [
    'of a member, which somebody else has labeled',
    { association: 'MEMBER', action: 'labeled', sender: 'other' },
    false,
  ],
  ['without a word on its author', { association: null }, true],
  ['of a fork that is gone', { from: null }, true],
  ['of a branch of the repository itself', { from: 'Octo/App' }, false],
  ['reopened', { action: 'reopened' }, true],
  ['that is reviewed', { event: 'pull_request_review', action: 'submitted' }, true],
  ['told to the workflows of its base', { event: 'pull_request_target' }, false],
])('a pull request %s (%j) waits: %s', (_, told, expected) => {
  expect(held(told)).toBe(expected);
});

test('other events never wait', () => {
  expect(held({ event: 'push' })).toBe(false);
});
