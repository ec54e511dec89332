import type {
  PullRequestAnswer,
  PullRequestDetail,
  ReviewAnswer,
} from '@slipway/contracts/api/pull-requests';
import type { Project } from '../projects/find-project.ts';
import { assessMerge, type Missing } from '../protection/assess-merge.ts';
import { describeMissing } from '../protection/describe-missing.ts';
import { rulesFor } from '../protection/protection-rules.ts';
import { readContexts } from '../protection/read-contexts.ts';
import { rulesInForce } from '../protection/rules-in-force.ts';
import { gatherMergeFacts } from './gather-facts.ts';
import { type HeldEvent, listHeldEvents } from './held-events.ts';
import { listReviews, type PullRequest, type Review } from './pull-request.ts';
import type { PullRequestSources } from './pull-request-sources.ts';

/** A pull request as the API shows it. */
export function pullRequestAnswer(row: PullRequest): PullRequestAnswer {
  return {
    number: row.number,
    title: row.title,
    body: row.body,
    author: row.author,
    outside: row.is_outside === 1,
    state: row.state,
    draft: row.draft === 1,
    head: { ref: row.head_ref, sha: row.head_sha },
    base: { ref: row.base_ref, sha: row.base_sha },
    mergeSha: row.merge_sha,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    closedAt: row.closed_at,
    mergedAt: row.merged_at,
    mergedBy: row.merged_by,
    mergeCommitSha: row.merge_commit_sha,
  };
}

export function reviewAnswer(row: Review): ReviewAnswer {
  return {
    id: row.id,
    reviewer: row.reviewer,
    verdict: row.verdict,
    body: row.body,
    headSha: row.head_sha,
    counts: row.may_write === 1,
    submittedAt: row.submitted_at,
    dismissedAt: row.dismissed_at,
  };
}

export function heldRunAnswer(row: HeldEvent): PullRequestDetail['heldRuns'][number] {
  return {
    id: row.id,
    number: row.number,
    event: row.name,
    action: row.action,
    actor: row.actor,
    headSha: row.head_sha,
    reason: row.reason,
    heldAt: row.held_at,
    state: row.state,
    decidedBy: row.decided_by,
  };
}

/** With reviews, checks and what is missing for a merge by squashing. */
export async function showPullRequest(
  sources: PullRequestSources,
  project: Project,
  row: PullRequest,
): Promise<PullRequestDetail> {
  const { store } = sources;
  const { number, head_sha: sha } = row;
  const id = { project: project.name, number };
  const contexts = await readContexts(store, { project: project.name, sha });
  const { missing, required } = await whatIsMissing(sources, project, row);
  const states = new Map<string, string>([...required, ...contexts]);
  return {
    ...pullRequestAnswer(row),
    reviews: (await listReviews(store, id)).map(reviewAnswer),
    checks: [...states].map(([context, state]) => ({ context, state, required: required.has(context) })),
    missing: missing.map((one) => ({ kind: one.kind, message: describeMissing(one) })),
    heldRuns: (await listHeldEvents(sources, project.name, { number })).map(heldRunAnswer),
  };
}

async function whatIsMissing(
  sources: PullRequestSources,
  project: Project,
  pullRequest: PullRequest,
): Promise<{ missing: Missing[]; required: Map<string, string> }> {
  const { protection } = await rulesInForce(sources, project);
  const rules = rulesFor(protection, pullRequest.base_ref);
  if (rules === null || pullRequest.state !== 'open') return { missing: [], required: new Map() };
  const facts = await gatherMergeFacts(sources, project, { pullRequest, rules, bringsMerges: false });
  const required = (rules.statusChecks?.contexts ?? []).map(
    (context) => [context, facts.checks.get(context) ?? 'missing'] as const,
  );
  return { missing: assessMerge(rules, facts), required: new Map(required) };
}
