import { expect, test } from 'vitest';
import type { JobState } from '../job/job-state.ts';
import { isCheckoutOfOwn } from './checkout-step.ts';

const [base, head] = ['a'.repeat(40), 'b'.repeat(40)];
const github = {
  repository: 'octo/app',
  ref: 'refs/heads/main',
  sha: base,
  head_ref: 'topic',
  event: { pull_request: { head: { sha: head } } },
};

function standsIn(repositoryHolds: 'files' | 'commit', ref: string): boolean {
  const job = { contexts: { github }, options: { repositoryHolds } } as unknown as JobState;
  return isCheckoutOfOwn(job, 'actions/checkout@v4', { ref });
}

test.each([head, 'topic'])('a working tree stands in for the head of a pull request, called %s', (ref) => {
  expect(standsIn('files', ref)).toBe(true);
});

test.each([head, 'topic'])('the commit of the event is not the head of a pull request, called %s', (ref) => {
  expect(standsIn('commit', ref)).toBe(false);
});

test.each([base, 'main', ''])('the commit of the event stands in for itself, called %s', (ref) => {
  expect(standsIn('commit', ref)).toBe(true);
});
