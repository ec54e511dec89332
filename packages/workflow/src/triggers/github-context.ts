import type { Value } from '../expressions/value.ts';
import { type EventFacts, payloadText, payloadValue } from './event-facts.ts';
import { apiUrlOf, steadyNumber } from './payload/common-objects.ts';
import { shortRef } from './payload/repository-facts.ts';

export interface GithubContextOptions {
  event: EventFacts;
  workflow: { path: string; name?: string };
  run: { id: string; number: number; attempt: number };
  /** Login of who caused the first attempt; default: the payload's sender. */
  actor?: string;
  /** Login of who caused this attempt; default: `actor`. */
  triggeringActor?: string;
  /** Default `https://github.com`. */
  serverUrl?: string;
  /** Defaults follow from `serverUrl`. */
  apiUrl?: string;
  graphqlUrl?: string;
  /** Default 90. */
  retentionDays?: number;
  /** Default false. */
  refProtected?: boolean;
}

/**
 * The `github` context as far as it is known before a job runs: without `action…`, `job`, `token`, `workspace`, `event_path`
 * and the paths of the command files, which the runner adds.
 * @see https://docs.github.com/en/actions/reference/workflows-and-actions/contexts#github-context
 */
export function buildGithubContext(options: GithubContextOptions): { [key: string]: Value } {
  const { event, workflow, run, serverUrl = 'https://github.com' } = options;
  const { payload } = event;
  const repository = payloadText(payload, 'repository', 'full_name') ?? '';
  const owner = repository.split('/', 1)[0]!;
  const actor = options.actor ?? payloadText(payload, 'sender', 'login') ?? owner;
  const apiUrl = options.apiUrl ?? apiUrlOf(serverUrl);
  return {
    ref: event.ref,
    sha: event.sha,
    repository,
    repository_owner: owner,
    repository_owner_id: idOf(payloadValue(payload, 'repository', 'owner', 'id'), owner),
    repositoryUrl: `${serverUrl.replace(/^https?:/, 'git:')}/${repository}.git`,
    run_id: run.id,
    run_number: String(run.number),
    retention_days: String(options.retentionDays ?? 90),
    run_attempt: String(run.attempt),
    repository_visibility: payloadText(payload, 'repository', 'visibility') ?? 'private',
    repository_id: idOf(payloadValue(payload, 'repository', 'id'), repository),
    actor_id: idOf(senderId(event, actor), actor),
    actor,
    triggering_actor: options.triggeringActor ?? actor,
    workflow: workflow.name ?? workflow.path,
    ...branchesOf(event),
    event_name: event.name,
    server_url: serverUrl,
    api_url: apiUrl,
    graphql_url: options.graphqlUrl ?? `${apiUrl.replace(/\/v3$/, '')}/graphql`,
    ref_name: shortRef(event.ref),
    ref_protected: options.refProtected ?? false,
    ref_type: event.ref.startsWith('refs/tags/') ? 'tag' : 'branch',
    secret_source: 'Actions',
    workflow_ref: `${repository}/${workflow.path}@${event.ref}`,
    workflow_sha: event.sha,
    event: payload,
  };
}

/** Both are empty where there is no pull request. */
function branchesOf({ name, payload }: EventFacts): { head_ref: string; base_ref: string } {
  const isPullRequest = name.startsWith('pull_request');
  const side = (which: string) =>
    isPullRequest ? payloadText(payload, 'pull_request', which, 'ref') : undefined;
  return { head_ref: side('head') ?? '', base_ref: side('base') ?? '' };
}

function senderId({ payload }: EventFacts, actor: string): Value | undefined {
  const isSender = payloadText(payload, 'sender', 'login') === actor;
  return isSender ? payloadValue(payload, 'sender', 'id') : undefined;
}

function idOf(id: Value | undefined, name: string): string {
  return String(typeof id === 'number' || typeof id === 'string' ? id : steadyNumber(name));
}
