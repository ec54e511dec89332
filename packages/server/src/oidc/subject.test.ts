import { describe, expect, test } from 'vitest';
import { type SubjectFacts, subjectOf } from './subject.ts';

const facts: SubjectFacts = {
  repository: 'octo/app',
  repositoryId: '74',
  ownerId: '65',
  eventName: 'push',
  ref: 'refs/heads/main',
};

describe('the subject of an ID token', () => {
  test.each<[string, Partial<SubjectFacts>, string]>([
    ['of a branch', {}, 'repo:octo/app:ref:refs/heads/main'],
    ['of a tag', { ref: 'refs/tags/v1' }, 'repo:octo/app:ref:refs/tags/v1'],
    [
      'of an environment, whatever the branch',
      { environment: 'production' },
      'repo:octo/app:environment:production',
    ],
    [
      'of a pull request',
      { eventName: 'pull_request', ref: 'refs/pull/1/merge' },
      'repo:octo/app:pull_request',
    ],
    [
      'of a pull request with an environment',
      { eventName: 'pull_request', environment: 'preview' },
      'repo:octo/app:environment:preview',
    ],
    [
      'of a pull_request_target, which runs on the base',
      { eventName: 'pull_request_target' },
      'repo:octo/app:ref:refs/heads/main',
    ],
    [
      'keeps a name from adding parts',
      { environment: 'x:ref:refs/heads/main' },
      'repo:octo/app:environment:x%3Aref%3Arefs/heads/main',
    ],
    ['without the name of an environment', { environment: '' }, 'repo:octo/app:ref:refs/heads/main'],
  ])('%s', (_, change, expected) => {
    expect(subjectOf({ ...facts, ...change }, 'name')).toBe(expected);
  });

  test('names owner and repository by their ids too, where the project says so', () => {
    expect(subjectOf(facts, 'id')).toBe('repo:octo@65/app@74:ref:refs/heads/main');
    expect(subjectOf({ ...facts, environment: 'production' }, 'id')).toBe(
      'repo:octo@65/app@74:environment:production',
    );
  });
});
