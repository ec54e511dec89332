import type { Payload } from '../event-facts.ts';
import { events } from '../event-table.ts';
import {
  commentObject,
  issueObject,
  repositoryObject,
  serverUrlOf,
  steadyNumber,
  userObject,
} from './common-objects.ts';
import { pullRequestObject, pullRequestPayload } from './pull-request-payload.ts';
import { pushPayload } from './push-payload.ts';
import { type RepositoryFacts, shortRef, subjectOf } from './repository-facts.ts';
import {
  checkRunPayload,
  checkSuitePayload,
  deploymentPayload,
  deploymentStatusPayload,
  mergeGroupPayload,
  releasePayload,
  workflowRunPayload,
} from './run-payloads.ts';

/** What an event's payload says beside `repository` and `sender`; of an event not listed here only its first type. */
export function subjectPayload(name: string, facts: RepositoryFacts): Payload {
  const build = Object.hasOwn(builders, name) ? builders[name] : undefined;
  if (build !== undefined) return build(facts);
  const types = events[name]?.types;
  return Array.isArray(types) ? { action: types[0]! } : {};
}

const builders: Readonly<Record<string, (facts: RepositoryFacts) => Payload>> = {
  push: pushPayload,
  pull_request: pullRequestPayload,
  pull_request_target: pullRequestPayload,
  pull_request_review: (facts) => ({
    action: 'submitted',
    pull_request: pullRequestObject(facts),
    review: { ...commentObject(facts, 'pull/1'), state: 'approved', commit_id: facts.head.sha },
  }),
  pull_request_review_comment: (facts) => ({
    action: 'created',
    pull_request: pullRequestObject(facts),
    comment: commentObject(facts, 'pull/1'),
  }),
  workflow_dispatch: ({ ref }) => ({ inputs: null, ref, workflow: '' }),
  repository_dispatch: ({ defaultBranch }) => ({ branch: defaultBranch, client_payload: {} }),
  schedule: () => ({}),
  workflow_run: workflowRunPayload,
  check_run: checkRunPayload,
  check_suite: checkSuitePayload,
  deployment: deploymentPayload,
  deployment_status: deploymentStatusPayload,
  merge_group: mergeGroupPayload,
  release: releasePayload,
  issues: (facts) => ({ action: 'opened', issue: issueObject(facts) }),
  issue_comment: (facts) => ({
    action: 'created',
    issue: issueObject(facts),
    comment: commentObject(facts, 'issues/1'),
  }),
  discussion: (facts) => ({ action: 'created', discussion: discussionObject(facts) }),
  discussion_comment: (facts) => ({
    action: 'created',
    discussion: discussionObject(facts),
    comment: commentObject(facts, 'discussions/1'),
  }),
  create: (facts) => ({ ...refObject(facts), master_branch: facts.defaultBranch, description: null }),
  delete: refObject,
  status: (facts) => ({
    id: steadyNumber(facts.head.sha),
    sha: facts.head.sha,
    state: 'success',
    context: 'default',
    description: null,
    target_url: null,
    branches: [{ name: shortRef(facts.ref), commit: { sha: facts.head.sha } }],
  }),
  fork: (facts) => ({ forkee: { ...repositoryObject(facts), fork: true } }),
  gollum: () => ({ pages: [] }),
  label: () => ({ action: 'created', label: { name: '', color: 'ededed', description: null } }),
  milestone: (facts) => ({
    action: 'created',
    milestone: { number: 1, title: subjectOf(facts.head), state: 'open', description: null },
  }),
  page_build: (facts) => ({ build: { status: 'built', commit: facts.head.sha } }),
  registry_package: (facts) => ({
    action: 'published',
    registry_package: {
      name: facts.repository.split('/')[1] ?? '',
      package_type: 'CONTAINER',
      package_version: { version: facts.head.sha, target_oid: facts.head.sha },
    },
  }),
};

function refObject({ ref }: RepositoryFacts): Payload {
  return {
    ref: shortRef(ref),
    ref_type: ref.startsWith('refs/tags/') ? 'tag' : 'branch',
    pusher_type: 'user',
  };
}

function discussionObject(facts: RepositoryFacts): Payload {
  const server = serverUrlOf(facts);
  return {
    number: 1,
    title: subjectOf(facts.head),
    body: '',
    state: 'open',
    user: userObject(facts.actor, server),
    category: { name: 'General', slug: 'general' },
    html_url: `${server}/${facts.repository}/discussions/1`,
  };
}
