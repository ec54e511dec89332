import type { ProjectSettings } from '@slipway/contracts/api/projects';
import type { Payload } from '@slipway/workflow/triggers';
import { isHeadElsewhere, runsTheirCode } from '../access/fork-code.ts';
import { textAt } from '../github/payload-values.ts';

export type ForkApproval = ProjectSettings['forkApproval'];

/** Whose word on a pull request counts as if it were of the team. */
const trusted: ReadonlySet<string> = new Set(['OWNER', 'MEMBER', 'COLLABORATOR']);

/**
 * Why what GitHub tells of a pull request has to wait for approval. Who has written commits says nothing: anybody may write any name there.
 * @returns null: it need not
 */
export function whyHeld(
  eventName: string,
  payload: Payload,
  { policy, repository }: { policy: ForkApproval; repository: string },
): string | null {
  if (policy === 'none' || !runsTheirCode(eventName)) return null;
  if (!isHeadElsewhere(payload, repository)) return null;
  const pull = (...path: string[]) => textAt(payload, 'pull_request', ...path);
  const author = pull('user', 'login') ?? 'somebody who is not known';
  const association = pull('author_association') ?? 'NONE';
  const sender = textAt(payload, 'sender', 'login');
  const isPush = textAt(payload, 'action') === 'synchronize';
  if (trusted.has(association)) {
    if (!isPush || sender === author) return null;
    return `${sender} has pushed to the pull request of ${author}, from a fork`;
  }
  if (policy === 'first-time' && association === 'CONTRIBUTOR' && (!isPush || sender === author)) return null;
  return `${author} is not of the team (${association}), and the pull request is from a fork`;
}
