import type { Payload } from '../event-facts.ts';
import { headSummary, repositoryObject, serverUrlOf, steadyNumber, userObject } from './common-objects.ts';
import { type RepositoryFacts, shortRef, subjectOf } from './repository-facts.ts';

/** Payloads of what happens on the way to production: runs, checks, deployments, releases, merge groups. */

/** @see https://docs.github.com/en/webhooks/webhook-events-and-payloads#workflow_run */
export function workflowRunPayload(facts: RepositoryFacts): Payload {
  const { head, repository } = facts;
  return {
    action: 'completed',
    workflow: null,
    workflow_run: {
      id: steadyNumber(`${repository}/run`),
      name: '',
      head_branch: shortRef(facts.ref),
      head_sha: head.sha,
      path: '',
      run_number: 1,
      run_attempt: 1,
      event: 'push',
      display_title: subjectOf(head),
      status: 'completed',
      conclusion: 'success',
      actor: userObject(facts.actor, serverUrlOf(facts)),
      triggering_actor: userObject(facts.actor, serverUrlOf(facts)),
      pull_requests: [],
      head_commit: headSummary(facts),
      head_repository: repositoryObject(facts),
      repository: repositoryObject(facts),
      created_at: head.committer.date,
      updated_at: head.committer.date,
    },
  };
}

export function checkSuitePayload({ ref, head }: RepositoryFacts): Payload {
  return { action: 'completed', check_suite: checkObject(ref, head.sha) };
}

export function checkRunPayload({ ref, head }: RepositoryFacts): Payload {
  const suite = checkObject(ref, head.sha);
  return { action: 'completed', check_run: { ...suite, name: '', output: {}, check_suite: suite } };
}

/** @see https://docs.github.com/en/webhooks/webhook-events-and-payloads#deployment */
export function deploymentPayload(facts: RepositoryFacts): Payload {
  return { action: 'created', deployment: deploymentObject(facts), workflow: null, workflow_run: null };
}

export function deploymentStatusPayload(facts: RepositoryFacts): Payload {
  return {
    ...deploymentPayload(facts),
    deployment_status: {
      id: steadyNumber(`${facts.repository}/status`),
      state: 'success',
      environment: 'production',
      environment_url: '',
      target_url: '',
      log_url: '',
      description: '',
      creator: userObject(facts.actor, serverUrlOf(facts)),
      created_at: facts.head.committer.date,
    },
  };
}

/**
 * The checked out tag, or else the tag `v0.0.0`, as a published release.
 * @see https://docs.github.com/en/webhooks/webhook-events-and-payloads#release
 */
export function releasePayload(facts: RepositoryFacts): Payload {
  const tag = facts.ref.startsWith('refs/tags/') ? shortRef(facts.ref) : 'v0.0.0';
  return {
    action: 'published',
    release: {
      id: steadyNumber(`${facts.repository}/${tag}`),
      tag_name: tag,
      target_commitish: facts.defaultBranch,
      name: tag,
      body: '',
      draft: false,
      prerelease: false,
      author: userObject(facts.actor, serverUrlOf(facts)),
      assets: [],
      html_url: `${serverUrlOf(facts)}/${facts.repository}/releases/tag/${tag}`,
      created_at: facts.head.committer.date,
      published_at: facts.head.committer.date,
    },
  };
}

/** @see https://docs.github.com/en/webhooks/webhook-events-and-payloads#merge_group */
export function mergeGroupPayload(facts: RepositoryFacts): Payload {
  const { head, defaultBranch } = facts;
  const baseSha = facts.baseSha ?? facts.before ?? head.sha;
  return {
    action: 'checks_requested',
    merge_group: {
      head_sha: head.sha,
      head_ref: `refs/heads/gh-readonly-queue/${defaultBranch}/pr-1-${baseSha}`,
      base_sha: baseSha,
      base_ref: `refs/heads/${defaultBranch}`,
      head_commit: headSummary(facts),
    },
  };
}

function checkObject(ref: string, sha: string): Payload {
  const id = steadyNumber(sha);
  return {
    id,
    head_branch: shortRef(ref),
    head_sha: sha,
    status: 'completed',
    conclusion: 'success',
    pull_requests: [],
  };
}

function deploymentObject(facts: RepositoryFacts): Payload {
  return {
    id: steadyNumber(`${facts.repository}/deployment`),
    sha: facts.head.sha,
    ref: shortRef(facts.ref),
    task: 'deploy',
    payload: {},
    environment: 'production',
    original_environment: 'production',
    description: null,
    creator: userObject(facts.actor, serverUrlOf(facts)),
    created_at: facts.head.committer.date,
    transient_environment: false,
    production_environment: true,
  };
}
