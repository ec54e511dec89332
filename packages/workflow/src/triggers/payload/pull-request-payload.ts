import type { Payload } from '../event-facts.ts';
import { apiUrlOf, repositoryObject, serverUrlOf, steadyNumber, userObject } from './common-objects.ts';
import { type RepositoryFacts, shortRef, subjectOf } from './repository-facts.ts';

const number = 1;

/**
 * The checked out branch as a pull request into the default branch.
 * @see https://docs.github.com/en/webhooks/webhook-events-and-payloads#pull_request
 */
export function pullRequestPayload(facts: RepositoryFacts): Payload {
  return { action: 'opened', number, pull_request: pullRequestObject(facts) };
}

/** The merge commit is taken to be the head: nothing is merged here. */
export function pullRequestObject(facts: RepositoryFacts): Payload {
  const { head, repository } = facts;
  const server = serverUrlOf(facts);
  const page = `${server}/${repository}/pull/${number}`;
  const user = userObject(facts.actor, server);
  const baseSha = facts.baseSha ?? facts.before ?? head.sha;
  return {
    id: steadyNumber(`${repository}/pull/${number}`),
    number,
    state: 'open',
    locked: false,
    draft: false,
    title: subjectOf(head),
    body: null,
    user,
    assignees: [],
    requested_reviewers: [],
    requested_teams: [],
    labels: [],
    milestone: null,
    author_association: 'OWNER',
    auto_merge: null,
    merged: false,
    mergeable: true,
    merged_at: null,
    closed_at: null,
    merge_commit_sha: head.sha,
    created_at: head.committer.date,
    updated_at: head.committer.date,
    url: `${apiUrlOf(server)}/repos/${repository}/pulls/${number}`,
    html_url: page,
    diff_url: `${page}.diff`,
    patch_url: `${page}.patch`,
    head: sideObject(facts, shortRef(facts.ref), head.sha),
    base: sideObject(facts, facts.defaultBranch, baseSha),
  };
}

function sideObject(facts: RepositoryFacts, branch: string, sha: string): Payload {
  const owner = facts.repository.split('/', 1)[0]!;
  return {
    label: `${owner}:${branch}`,
    ref: branch,
    sha,
    user: userObject(owner, serverUrlOf(facts)),
    repo: repositoryObject(facts),
  };
}
