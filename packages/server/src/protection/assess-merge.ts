import { type CodeOwnersRule, ownersOf } from './code-owners.ts';
import type { ProtectionRules } from './protection-rules.ts';

/**
 * What is known of a required check: `held` waits for somebody's approval to run; `not-needed`: no workflow that has it runs on the files
 * that are changed.
 */
export type CheckState =
  | 'success'
  | 'failure'
  | 'cancelled'
  | 'skipped'
  | 'pending'
  | 'held'
  | 'missing'
  | 'not-needed';

export interface ReviewFact {
  reviewer: string;
  verdict: 'approved' | 'changes-requested';
  headSha: string;
}

/** A change that is to get into a protected branch. */
export interface MergeFacts {
  /** What its checks say; a required one that is not there is missing. */
  checks: ReadonlyMap<string, CheckState>;
  /** It has all commits of the branch. */
  isUpToDate: boolean;
  /** It would bring merge commits into the branch. */
  bringsMerges: boolean;
  /** Null: it does not come as a pull request. */
  pullRequest: {
    author: string;
    headSha: string;
    /** The last word of each reviewer who may write to the repository. */
    reviews: readonly ReviewFact[];
    changedFiles: readonly string[];
    /** Of the branch, not of the change. */
    codeOwners: readonly CodeOwnersRule[];
  } | null;
}

/** A rule that is not kept. */
export type Missing =
  | { kind: 'check'; context: string; state: Exclude<CheckState, 'success' | 'not-needed'> }
  | { kind: 'behind' }
  | { kind: 'pull-request' }
  | { kind: 'approvals'; have: number; need: number }
  | { kind: 'changes-requested'; by: readonly string[] }
  | { kind: 'code-owners'; owners: readonly string[]; files: readonly string[] }
  | { kind: 'linear-history' }
  | { kind: 'force-push' }
  | { kind: 'deletion' };

/** What a change lacks to get into a branch with these rules; nothing: it may. Says nothing of who asks. */
export function assessMerge(rules: ProtectionRules, facts: MergeFacts): Missing[] {
  const { statusChecks, reviews, linearHistory } = rules;
  const missing: Missing[] = [];
  if (reviews !== null) missing.push(...assessReviews(reviews, facts));
  for (const context of statusChecks?.contexts ?? []) {
    const state = facts.checks.get(context) ?? 'missing';
    if (state !== 'success' && state !== 'not-needed') missing.push({ kind: 'check', context, state });
  }
  if (statusChecks?.strict && !facts.isUpToDate) missing.push({ kind: 'behind' });
  if (linearHistory && facts.bringsMerges) missing.push({ kind: 'linear-history' });
  return missing;
}

function assessReviews(
  { approvals: need, dismissStale, codeOwners }: NonNullable<ProtectionRules['reviews']>,
  { pullRequest }: MergeFacts,
): Missing[] {
  if (pullRequest === null) return [{ kind: 'pull-request' }];
  const { headSha, author } = pullRequest;
  const approved = pullRequest.reviews.filter(
    (review) =>
      review.verdict === 'approved' &&
      !isSame(review.reviewer, author) &&
      (!dismissStale || review.headSha === headSha),
  );
  const against = pullRequest.reviews.filter(({ verdict }) => verdict === 'changes-requested');
  const missing: Missing[] = [];
  if (approved.length < need) missing.push({ kind: 'approvals', have: approved.length, need });
  if (against.length > 0) {
    missing.push({ kind: 'changes-requested', by: against.map(({ reviewer }) => reviewer) });
  }
  if (codeOwners)
    missing.push(
      ...assessOwners(
        pullRequest,
        approved.map(({ reviewer }) => reviewer),
      ),
    );
  return missing;
}

/** Every file that somebody owns needs one of them. */
function assessOwners(
  { changedFiles, codeOwners }: NonNullable<MergeFacts['pullRequest']>,
  approvers: readonly string[],
): Missing[] {
  const byOwners = new Map<string, { owners: readonly string[]; files: string[] }>();
  for (const file of changedFiles) {
    const owners = ownersOf(codeOwners, file);
    if (owners.length === 0) continue;
    if (owners.some((owner) => approvers.some((name) => isSame(`@${name}`, owner)))) continue;
    const group = byOwners.get(owners.join(' ')) ?? { owners, files: [] };
    group.files.push(file);
    byOwners.set(owners.join(' '), group);
  }
  return [...byOwners.values()].map((group) => ({ kind: 'code-owners', ...group }));
}

function isSame(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}
