import { type EventFacts, type Payload, payloadText, payloadValue } from '../event-facts.ts';
import { events } from '../event-table.ts';
import { repositoryObject, serverUrlOf, userObject } from './common-objects.ts';
import type { RepositoryFacts } from './repository-facts.ts';
import { subjectPayload } from './subject-payload.ts';

export interface LocalEventOptions {
  /** A name that `readEventName` accepted. */
  name: string;
  facts: RepositoryFacts;
  /** The user's event file: laid over what was built from the facts, object by object. */
  payload?: Payload;
}

/**
 * An event as GitHub would send it, made from what is known of a working tree. What the facts can't tell (a pull request's
 * labels, the sender of a dispatch, …) is empty; the user's payload fills it.
 * @see https://docs.github.com/en/webhooks/webhook-events-and-payloads
 */
export function buildLocalEvent({ name, facts, payload = {} }: LocalEventOptions): EventFacts {
  const built = {
    ...subjectPayload(name, facts),
    repository: repositoryObject(facts),
    sender: userObject(facts.actor, serverUrlOf(facts)),
  };
  const whole = overlay(built, payload);
  return {
    name,
    payload: whole,
    ...placeOf(name, whole, facts),
    headMessage: facts.head.message,
    ...(facts.changedFiles === undefined ? {} : { changedFiles: facts.changedFiles }),
  };
}

function overlay(under: Payload, over: Payload): Payload {
  const result = { ...under };
  for (const [key, value] of Object.entries(over)) {
    const below = result[key];
    result[key] = isObject(below) && isObject(value) ? overlay(below, value) : value;
  }
  return result;
}

function isObject(value: unknown): value is Payload {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

type Place = Pick<EventFacts, 'ref' | 'sha'>;

/** GITHUB_REF and GITHUB_SHA, as the documentation's table of events says. */
function placeOf(name: string, payload: Payload, facts: RepositoryFacts): Place {
  switch (events[name]?.runsOn) {
    case 'merge':
      return placeOfPullRequest(payload, facts);
    case 'default-branch': {
      const branch = payloadText(payload, 'repository', 'default_branch') ?? facts.defaultBranch;
      return { ref: `refs/heads/${branch}`, sha: facts.head.sha };
    }
    default:
      return placeOfSubject(name, payload, facts);
  }
}

function placeOfPullRequest(payload: Payload, facts: RepositoryFacts): Place {
  const pull = (...path: string[]) => payloadText(payload, 'pull_request', ...path);
  const isMerged = payloadValue(payload, 'pull_request', 'merged') === true;
  const number = payloadValue(payload, 'pull_request', 'number') ?? payloadValue(payload, 'number') ?? 1;
  const ref = isMerged ? `refs/heads/${pull('base', 'ref')}` : `refs/pull/${number}/merge`;
  return { ref, sha: pull('merge_commit_sha') ?? pull('head', 'sha') ?? facts.head.sha };
}

function placeOfSubject(name: string, payload: Payload, facts: RepositoryFacts): Place {
  const text = (...path: string[]) => payloadText(payload, ...path);
  const { sha } = facts.head;
  switch (name) {
    case 'push':
      return { ref: text('ref') ?? facts.ref, sha: text('after')?.replace(/^0+$/, '') || sha };
    case 'create':
      return { ref: `refs/${text('ref_type') === 'tag' ? 'tags' : 'heads'}/${text('ref')}`, sha };
    case 'workflow_dispatch':
      return { ref: fullRef(text('ref'), facts), sha };
    case 'release':
      return { ref: `refs/tags/${text('release', 'tag_name')}`, sha };
    case 'deployment':
    case 'deployment_status':
      return { ref: fullRef(text('deployment', 'ref'), facts), sha: text('deployment', 'sha') ?? sha };
    case 'merge_group':
      return {
        ref: text('merge_group', 'head_ref') ?? facts.ref,
        sha: text('merge_group', 'head_sha') ?? sha,
      };
    default:
      return { ref: facts.ref, sha };
  }
}

/** A short name is a branch, unless it is the checked out tag; a commit has no ref. */
function fullRef(ref: string | undefined, facts: RepositoryFacts): string {
  if (ref === undefined) return facts.ref;
  if (ref.startsWith('refs/')) return ref;
  if (/^[0-9a-f]{40}$/.test(ref)) return '';
  return facts.ref === `refs/tags/${ref}` ? facts.ref : `refs/heads/${ref}`;
}
