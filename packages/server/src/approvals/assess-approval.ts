import { type Approval, type Protection, refusalOf } from '@slipway/delivery';
import type { ApprovalRequest } from './approval-request.ts';

/** How a request stands by the rules that are in force now. */
export type ApprovalStanding =
  | { kind: 'pending' }
  /** Until then what it lets in must have begun. */
  | { kind: 'approved'; by: string; untilMs: number }
  | { kind: 'rejected'; by: string; comment: string }
  /** It was approved, and not begun in time. */
  | { kind: 'expired' }
  /** Nobody decided in time. */
  | { kind: 'unanswered' };

/** One reviewer is enough; one who rejects ends it. A word that the rules do not let count any more is as if it had not been said. */
export function assessApproval(
  request: ApprovalRequest,
  protection: Protection,
  nowMs: number,
): ApprovalStanding {
  const { requestedBy, bindingHash: planHash, decisions, expiresAt } = request;
  const judged = decisions.map(({ verdict, by, comment, at, bindingHash }) => ({
    verdict,
    by,
    comment,
    at,
    refusal: refusalOf(
      { by, atMs: at, planHash: bindingHash, verdict },
      { planHash, requestedBy, nowMs, ...protection },
    ),
  }));
  const counted = judged.filter(({ refusal }) => refusal === undefined);
  const rejected = counted.find(({ verdict }) => verdict === 'rejected');
  if (rejected) return { kind: 'rejected', by: rejected.by, comment: rejected.comment };
  const approved = counted.at(-1);
  if (approved) {
    return { kind: 'approved', by: approved.by, untilMs: approved.at + protection.approvalLifeMs };
  }
  if (request.state === 'approved' && judged.some(({ refusal }) => refusal === 'expired')) {
    return { kind: 'expired' };
  }
  return nowMs >= expiresAt ? { kind: 'unanswered' } : { kind: 'pending' };
}

/** The words on a request that bind a plan, for the gates of its deployment. */
export function approvalsOfPlan({ decisions }: ApprovalRequest): Approval[] {
  return decisions.flatMap(({ by, at, verdict, binding: { planHash } }) =>
    planHash === null ? [] : [{ by, atMs: at, planHash, verdict }],
  );
}
