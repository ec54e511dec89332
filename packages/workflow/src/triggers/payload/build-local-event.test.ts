import { describe, expect, it } from 'vitest';
import { evaluate } from '../../expressions/index.ts';
import type { Workflow } from '../../model/workflow.ts';
import { assessTrigger } from '../assess-trigger.ts';
import type { Payload } from '../event-facts.ts';
import { events } from '../event-table.ts';
import { buildLocalEvent } from './build-local-event.ts';
import type { RepositoryFacts } from './repository-facts.ts';

const person = { name: 'Mona Octocat', email: 'mona@example.com', date: '2026-05-01T10:00:00+02:00' };
const sha = 'c27d339ee6075c1f744c5d4b200f7901aad2c369';
const facts: RepositoryFacts = {
  repository: 'octo-org/hello',
  defaultBranch: 'main',
  ref: 'refs/heads/feature/x',
  head: { sha, tree: '1'.repeat(40), message: 'Fix it\n\nBecause.', author: person, committer: person },
  before: 'a'.repeat(40),
  actor: 'mona',
  changedFiles: ['src/a.ts'],
};

function build(name: string, payload?: Payload, more: Partial<RepositoryFacts> = {}) {
  return buildLocalEvent({
    name,
    facts: { ...facts, ...more },
    ...(payload === undefined ? {} : { payload }),
  });
}

/** What an expression over `github.event` finds. */
function read(event: { payload: Payload }, source: string) {
  return evaluate(source, { contexts: { event: event.payload } });
}

describe('a push made from a working tree', () => {
  it("has the webhook's shape", () => {
    const { payload, ...event } = build('push');
    expect(event).toEqual({
      name: 'push',
      ref: 'refs/heads/feature/x',
      sha,
      changedFiles: ['src/a.ts'],
      headMessage: 'Fix it\n\nBecause.',
    });
    expect(payload).toMatchObject({
      ref: 'refs/heads/feature/x',
      before: 'a'.repeat(40),
      after: sha,
      created: false,
      deleted: false,
      forced: false,
      base_ref: null,
      compare: 'https://github.com/octo-org/hello/compare/aaaaaaaaaaaa...c27d339ee607',
      head_commit: {
        id: sha,
        tree_id: '1'.repeat(40),
        message: 'Fix it\n\nBecause.',
        timestamp: '2026-05-01T10:00:00+02:00',
        url: `https://github.com/octo-org/hello/commit/${sha}`,
        author: { name: 'Mona Octocat', email: 'mona@example.com' },
      },
      pusher: { name: 'mona', email: 'mona@example.com' },
      sender: { login: 'mona', type: 'User' },
      repository: {
        name: 'hello',
        full_name: 'octo-org/hello',
        private: false,
        owner: { login: 'octo-org' },
        default_branch: 'main',
        html_url: 'https://github.com/octo-org/hello',
        clone_url: 'https://github.com/octo-org/hello.git',
        ssh_url: 'git@github.com:octo-org/hello.git',
      },
    });
    expect(read({ payload }, 'event.commits.*.id')).toEqual([sha]);
  });

  it('of a new branch comes from nowhere, of a tag has no commits', () => {
    const { before: _, ...fresh } = facts;
    expect(buildLocalEvent({ name: 'push', facts: fresh }).payload).toMatchObject({
      before: '0'.repeat(40),
      created: true,
    });
    const tag = build('push', undefined, { ref: 'refs/tags/v1' });
    expect(tag.ref).toBe('refs/tags/v1');
    expect(tag.payload.commits).toEqual([]);
  });

  it('lives on another server, if need be', () => {
    const event = build('push', undefined, { serverUrl: 'https://git.example.org/' });
    expect(read(event, 'event.repository.url')).toBe('https://git.example.org/api/v3/repos/octo-org/hello');
    expect(read(event, 'event.repository.ssh_url')).toBe('git@git.example.org:octo-org/hello.git');
  });

  it('is overruled by the event file, place included', () => {
    const event = build('push', {
      ref: 'refs/heads/other',
      after: 'b'.repeat(40),
      repository: { private: true },
    });
    expect(event).toMatchObject({ ref: 'refs/heads/other', sha: 'b'.repeat(40) });
    expect(event.payload.repository).toMatchObject({ private: true, name: 'hello' });
  });
});

describe('a pull request made from a working tree', () => {
  it("goes from the checked out branch into the default branch, with the webhook's shape", () => {
    const event = build('pull_request', undefined, { baseSha: 'd'.repeat(40) });
    expect(event).toMatchObject({ ref: 'refs/pull/1/merge', sha });
    expect(event.payload).toMatchObject({
      action: 'opened',
      number: 1,
      pull_request: {
        number: 1,
        title: 'Fix it',
        state: 'open',
        draft: false,
        merged: false,
        labels: [],
        user: { login: 'mona' },
        head: { ref: 'feature/x', sha, label: 'octo-org:feature/x', repo: { full_name: 'octo-org/hello' } },
        base: { ref: 'main', sha: 'd'.repeat(40), repo: { full_name: 'octo-org/hello' } },
      },
    });
    expect(read(event, 'event.pull_request.head.repo.full_name == event.repository.full_name')).toBe(true);
  });

  it('takes what the event file says of it, object by object', () => {
    const event = build('pull_request', {
      action: 'labeled',
      pull_request: { number: 12, labels: [{ name: 'bug' }], head: { ref: 'their', repo: { fork: true } } },
    });
    expect(event.ref).toBe('refs/pull/12/merge');
    expect(event.payload).toMatchObject({
      action: 'labeled',
      pull_request: {
        labels: [{ name: 'bug' }],
        head: { ref: 'their', sha, repo: { fork: true, name: 'hello' } },
      },
    });
  });

  it('that is merged runs on its base, one for the target on the default branch', () => {
    const merged = build('pull_request', {
      action: 'closed',
      pull_request: { merged: true, base: { ref: 'rel' } },
    });
    expect(merged.ref).toBe('refs/heads/rel');
    expect(build('pull_request_target')).toMatchObject({ ref: 'refs/heads/main', sha });
  });
});

describe('an event made from a working tree', () => {
  it.each<[string, Payload | undefined, string]>([
    ['schedule', undefined, 'refs/heads/main'],
    ['issues', undefined, 'refs/heads/main'],
    ['issue_comment', { repository: { default_branch: 'trunk' } }, 'refs/heads/trunk'],
    ['workflow_run', undefined, 'refs/heads/main'],
    ['repository_dispatch', undefined, 'refs/heads/main'],
    ['delete', undefined, 'refs/heads/main'],
    ['workflow_dispatch', undefined, 'refs/heads/feature/x'],
    ['workflow_dispatch', { ref: 'rel' }, 'refs/heads/rel'],
    ['create', undefined, 'refs/heads/feature/x'],
    ['create', { ref: 'v1', ref_type: 'tag' }, 'refs/tags/v1'],
    ['release', undefined, 'refs/tags/v0.0.0'],
    ['release', { release: { tag_name: 'v7' } }, 'refs/tags/v7'],
    ['deployment', undefined, 'refs/heads/feature/x'],
    ['deployment_status', { deployment: { ref: sha } }, ''],
    ['merge_group', undefined, `refs/heads/gh-readonly-queue/main/pr-1-${'a'.repeat(40)}`],
    ['pull_request_review', { pull_request: { number: 3 } }, 'refs/pull/3/merge'],
  ])('%s with %j runs on %s', (name, payload, ref) => {
    expect(build(name, payload).ref).toBe(ref);
  });

  it('runs a release and a deployment on the checked out tag', () => {
    const tag = { ref: 'refs/tags/v2' };
    expect(build('release', undefined, tag)).toMatchObject({
      ref: 'refs/tags/v2',
      payload: { release: { tag_name: 'v2' } },
    });
    expect(build('deployment', undefined, tag).ref).toBe('refs/tags/v2');
  });

  it.each(Object.keys(events).filter((name) => name !== 'workflow_call'))(
    '%s tells who and where, and starts a workflow that filters nothing',
    (name) => {
      const event = build(name);
      expect(event.payload).toMatchObject({
        sender: { login: 'mona' },
        repository: { full_name: 'octo-org/hello' },
      });
      expect(event.sha).toBe(sha);
      const workflow: Workflow = { path: 'w.yml', on: { [name]: { at: { line: 1, column: 1 } } }, jobs: [] };
      expect(assessTrigger(workflow, event)).toEqual({ kind: 'match' });
      expect(JSON.parse(JSON.stringify(event))).toEqual(event);
    },
  );

  it.each<[string, string, unknown]>([
    ['release', 'event.release.draft', false],
    ['deployment', 'event.deployment.environment', 'production'],
    ['deployment_status', 'event.deployment_status.state', 'success'],
    [
      'workflow_run',
      "event.workflow_run.conclusion == 'success' && event.workflow_run.head_branch",
      'feature/x',
    ],
    ['issues', 'event.issue.number', 1],
    ['issue_comment', 'event.comment.user.login', 'mona'],
    ['issue_comment', '!event.issue.pull_request', true],
    ['merge_group', 'event.merge_group.base_ref', 'refs/heads/main'],
    ['check_suite', 'event.check_suite.head_sha', sha],
    ['pull_request_review', 'event.review.state', 'approved'],
    ['create', 'event.ref_type', 'branch'],
    ['repository_dispatch', 'toJSON(event.client_payload)', '{}'],
  ])('%s answers %s', (name, source, value) => {
    expect(read(build(name), source)).toBe(value);
  });

  it('gives the same ids for the same names, others for others', () => {
    const id = (repository: string) => read(build('push', undefined, { repository }), 'event.repository.id');
    expect(id('a/b')).toBe(id('a/b'));
    expect(id('a/b')).not.toBe(id('a/c'));
    expect(read(build('push', undefined, { repositoryId: 42 }), 'event.repository.id')).toBe(42);
  });
});
