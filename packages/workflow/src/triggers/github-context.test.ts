import { describe, expect, it } from 'vitest';
import { buildGithubContext } from './github-context.ts';
import { buildLocalEvent } from './payload/build-local-event.ts';
import type { RepositoryFacts } from './payload/repository-facts.ts';

const person = { name: 'Mona', email: 'mona@example.com', date: '2026-05-01T10:00:00Z' };
const sha = 'c27d339ee6075c1f744c5d4b200f7901aad2c369';
const facts: RepositoryFacts = {
  repository: 'octo-org/hello',
  repositoryId: 42,
  defaultBranch: 'main',
  ref: 'refs/heads/feature/x',
  head: { sha, tree: '1'.repeat(40), message: 'Fix', author: person, committer: person },
  actor: 'mona',
};
const workflow = { path: '.github/workflows/ci.yml', name: 'CI' };
const run = { id: '7001', number: 3, attempt: 1 };

function contextOf(name: string, more: Partial<RepositoryFacts> = {}) {
  return buildGithubContext({
    event: buildLocalEvent({ name, facts: { ...facts, ...more } }),
    workflow,
    run,
  });
}

describe('the github context', () => {
  it('says of a push what GitHub says', () => {
    const { event, ...context } = contextOf('push');
    expect(context).toEqual({
      ref: 'refs/heads/feature/x',
      ref_name: 'feature/x',
      ref_type: 'branch',
      ref_protected: false,
      sha,
      repository: 'octo-org/hello',
      repository_id: '42',
      repository_owner: 'octo-org',
      repository_owner_id: expect.stringMatching(/^\d+$/),
      repository_visibility: 'public',
      repositoryUrl: 'git://github.com/octo-org/hello.git',
      run_id: '7001',
      run_number: '3',
      run_attempt: '1',
      retention_days: '90',
      actor: 'mona',
      actor_id: expect.stringMatching(/^\d+$/),
      triggering_actor: 'mona',
      workflow: 'CI',
      workflow_ref: 'octo-org/hello/.github/workflows/ci.yml@refs/heads/feature/x',
      workflow_sha: sha,
      head_ref: '',
      base_ref: '',
      event_name: 'push',
      server_url: 'https://github.com',
      api_url: 'https://api.github.com',
      graphql_url: 'https://api.github.com/graphql',
      secret_source: 'Actions',
    });
    expect(event).toMatchObject({ after: sha });
  });

  it('names both branches of a pull request, whose ref is its merge', () => {
    for (const name of ['pull_request', 'pull_request_target', 'pull_request_review']) {
      expect(contextOf(name)).toMatchObject({ head_ref: 'feature/x', base_ref: 'main' });
    }
    expect(contextOf('pull_request')).toMatchObject({ ref_name: '1/merge', ref_type: 'branch' });
  });

  it('tells a tag from a branch', () => {
    expect(contextOf('push', { ref: 'refs/tags/v1.2' })).toMatchObject({ ref_name: 'v1.2', ref_type: 'tag' });
  });

  it('takes the path for the name of a workflow without one', () => {
    const event = buildLocalEvent({ name: 'push', facts });
    expect(buildGithubContext({ event, workflow: { path: 'a.yml' }, run }).workflow).toBe('a.yml');
  });

  it('is of another server and another actor, if need be', () => {
    const event = buildLocalEvent({ name: 'push', facts });
    const options = {
      event,
      workflow,
      run,
      serverUrl: 'https://git.example.org',
      actor: 'hubot',
      triggeringActor: 'lisa',
    };
    expect(buildGithubContext(options)).toMatchObject({
      actor: 'hubot',
      triggering_actor: 'lisa',
      repositoryUrl: 'git://git.example.org/octo-org/hello.git',
      api_url: 'https://git.example.org/api/v3',
      graphql_url: 'https://git.example.org/api/graphql',
    });
  });
});
