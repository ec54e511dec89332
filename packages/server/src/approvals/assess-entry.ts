import { admitsRef, closedAt } from '@slipway/delivery';
import type { EntryAssessment } from '../controller/environment-gate.ts';
import type { EnvironmentRules } from '../environments/environment-rules.ts';
import type { ApprovalRequest } from './approval-request.ts';
import type { ApprovalStanding } from './assess-approval.ts';

/** What is asked of the environment. */
export interface EntryFacts {
  rules: EnvironmentRules;
  /** `refs/…` that the run is of. */
  ref: string;
  /** Null: the rules ask for nothing that has to be kept. */
  asked: { request: ApprovalRequest; standing: ApprovalStanding } | null;
  /** Of the deployment that the run has planned: what is urgent passes peak hours, what goes back passes freezes too. */
  haste: 'none' | 'urgent' | 'rollback';
  nowMs: number;
}

/** Whether a request has to be there: for a person to decide on, or as where the wait timer begins. */
export function asksForRequest({ protection }: EnvironmentRules): boolean {
  return protection.reviewers.length > 0 || protection.waitMs > 0;
}

/** Whether jobs may enter now. Approval comes first, so that it is asked for in a freeze too. */
export function assessEntry(facts: EntryFacts): EntryAssessment {
  const { rules, ref, asked, haste, nowMs } = facts;
  const { name, protection, windows } = rules;
  if (!admitsRef(protection, ref)) return { kind: 'refuse', reason: refusedRef(rules, ref) };
  const approval = asked === null || protection.reviewers.length === 0 ? null : assessAsked(rules, asked);
  if (approval !== null) return approval;
  const earliestMs = (asked?.request.requestedAt ?? nowMs) + protection.waitMs;
  if (nowMs < earliestMs) return wait(`${name} has a wait timer, until ${timeText(earliestMs)}`);
  const closure =
    haste === 'rollback' ? undefined : closedAt(windows, { atMs: nowMs, urgent: haste === 'urgent' });
  if (closure === undefined) return { kind: 'admit' };
  const { window, untilMs } = closure;
  const why = window.kind === 'freeze' ? `is frozen (${window.reason})` : 'takes nothing in peak hours';
  return wait(`${name} ${why}, until ${timeText(untilMs)}`);
}

/** Null: it is approved. */
function assessAsked(
  { name, protection }: EnvironmentRules,
  { request, standing }: NonNullable<EntryFacts['asked']>,
): EntryAssessment | null {
  switch (standing.kind) {
    case 'approved':
      return null;
    case 'rejected': {
      const why = standing.comment === '' ? '' : `: ${standing.comment}`;
      return { kind: 'refuse', reason: `${standing.by} rejected it for ${name}${why}` };
    }
    case 'unanswered':
      return { kind: 'refuse', reason: `nobody approved it for ${name} in time` };
    case 'pending':
    case 'expired': {
      const who = mayApprove(protection, request.requestedBy);
      if (who.length > 0) {
        return wait(`${name} needs approval by ${who.join(' or ')}: slipway approve ${request.id}`);
      }
      return wait(
        `${name} needs approval, and its only reviewer ${request.requestedBy} has started the run (prevent self-review)`,
      );
    }
    default:
      return standing satisfies never;
  }
}

function mayApprove(
  { reviewers, preventSelfReview }: EnvironmentRules['protection'],
  requestedBy: string,
): string[] {
  return reviewers.filter(
    (reviewer) => !preventSelfReview || reviewer.toLowerCase() !== requestedBy.toLowerCase(),
  );
}

function refusedRef({ name, protection: { branches, tags } }: EnvironmentRules, ref: string): string {
  const admitted = [...branches.map((one) => `branch ${one}`), ...tags.map((one) => `tag ${one}`)];
  return `${name} takes nothing from ${ref}, only from ${admitted.join(' or ')}`;
}

function wait(reason: string): EntryAssessment {
  return { kind: 'wait', reason };
}

function timeText(atMs: number): string {
  return `${new Date(atMs).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}
