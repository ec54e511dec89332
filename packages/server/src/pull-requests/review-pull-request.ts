import { SlipwayError } from '@slipway/contracts/errors';
import { recordAudit } from '../access/audit.ts';
import { nameOf } from '../access/permission.ts';
import type { Principal } from '../access/principal.ts';
import type { Project } from '../projects/find-project.ts';
import type { Store } from '../store/open-store.ts';
import { findPullRequest, type PullRequest, type Review } from './pull-request.ts';
import { isAuthor, mayWrite, requireParticipant } from './pull-request-access.ts';
import type { PullRequestSources } from './pull-request-sources.ts';
import { reviewPayload } from './review-payload.ts';
import { recordFact } from './write-change.ts';

export interface NewReview {
  principal: Principal;
  number: number;
  verdict: Review['verdict'];
  body: string;
  /** The head that was looked at; default: the one there is. */
  sha?: string | undefined;
}

/**
 * Says what somebody thinks of a pull request, as it is at its head. A job may only comment.
 * @throws SlipwayError `forbidden`, `unknown-pull-request`, `pull-request-closed`, `self-review`, `head-moved`
 */
export async function reviewPullRequest(
  sources: PullRequestSources,
  project: Project,
  review: NewReview,
): Promise<Review> {
  const { principal, number, verdict, sha } = review;
  requireParticipant(principal, project.name);
  const actor = nameOf(principal);
  const isJob = principal.kind === 'job';
  if (isJob && verdict !== 'commented') throw new SlipwayError('forbidden');
  // What was pushed a moment ago is part of what is reviewed.
  await sources.onRepositoryChanged(project, actor);
  const { store } = sources;
  const pullRequest = await findPullRequest(store, { project: project.name, number });
  const clock = { store, now: sources.now() };
  if (pullRequest.state !== 'open') throw new SlipwayError('pull-request-closed');
  if (verdict !== 'commented' && isAuthor(principal, pullRequest.author)) {
    await audit(clock, pullRequest, { actor, verdict, outcome: 'refused' });
    throw new SlipwayError('self-review');
  }
  if (sha !== undefined && sha !== pullRequest.head_sha) {
    throw new SlipwayError('head-moved', {
      message: `The head is ${pullRequest.head_sha} now: look at that.`,
      field: 'sha',
    });
  }
  const row = await store.transaction().execute(async (transaction) => {
    const inside = { store: transaction, now: clock.now };
    const written = await insert(inside, pullRequest, review);
    await audit(inside, pullRequest, { actor, verdict, outcome: 'done' });
    const extra = { review: reviewPayload(written) };
    const fact = { name: 'pull_request_review', action: 'submitted', actor, extra } as const;
    if (!isJob) await recordFact(inside, pullRequest, fact);
    return written;
  });
  await sources.onRepositoryChanged(project, actor);
  return row;
}

function insert(
  { store, now }: { store: Store; now: number },
  { project, number, head_sha }: PullRequest,
  { principal, verdict, body }: NewReview,
): Promise<Review> {
  return store
    .insertInto('pull_request_review')
    .values({
      project,
      number,
      reviewer: nameOf(principal),
      verdict,
      body,
      head_sha,
      may_write: Number(mayWrite(principal, project)),
      submitted_at: now,
    })
    .returningAll()
    .executeTakeFirstOrThrow();
}

const actions = {
  approved: 'pull-request.approved',
  'changes-requested': 'pull-request.changes-requested',
  commented: 'pull-request.commented',
} as const;

async function audit(
  { store, now }: { store: Store; now: number },
  { project, number, head_sha: sha }: PullRequest,
  { actor, verdict, outcome }: { actor: string; verdict: Review['verdict']; outcome: 'done' | 'refused' },
): Promise<void> {
  if (verdict === 'commented') return;
  const subject = `pull request ${number}`;
  const entry = { at: now, actor, action: actions[verdict], project, subject, outcome };
  await recordAudit(store, { ...entry, detail: { sha } });
}
