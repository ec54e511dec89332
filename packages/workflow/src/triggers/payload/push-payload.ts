import type { Payload } from '../event-facts.ts';
import { commitObject, serverUrlOf } from './common-objects.ts';
import type { RepositoryFacts } from './repository-facts.ts';

const noCommit = '0'.repeat(40);

/** @see https://docs.github.com/en/webhooks/webhook-events-and-payloads#push */
export function pushPayload(facts: RepositoryFacts): Payload {
  const { ref, head, actor } = facts;
  const before = facts.before ?? noCommit;
  const commit = commitObject(facts);
  const range = facts.before === undefined ? head.sha : `${before.slice(0, 12)}...${head.sha.slice(0, 12)}`;
  return {
    ref,
    before,
    after: head.sha,
    created: facts.before === undefined,
    deleted: false,
    forced: false,
    base_ref: null,
    compare: `${serverUrlOf(facts)}/${facts.repository}/compare/${range}`,
    commits: ref.startsWith('refs/tags/') ? [] : [commit],
    head_commit: commit,
    pusher: { name: actor, email: head.committer.email },
  };
}
