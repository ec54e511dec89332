/** A person's word on a plan. It binds the plan's hash: another plan needs another word. */
export interface Approval {
  by: string;
  atMs: number;
  planHash: string;
  verdict: 'approved' | 'rejected';
}

/** Why a word doesn't count. Each is to be written to the audit log. */
export type ApprovalRefusal = 'not-a-reviewer' | 'own-deployment' | 'another-plan' | 'expired';

export interface ApprovalQuestion {
  planHash: string;
  reviewers: readonly string[];
  requestedBy: string;
  preventSelfReview: boolean;
  approvalLifeMs: number;
  nowMs: number;
}

/** Undefined if the word counts. Names are compared without case, as GitHub's are. */
export function refusalOf(approval: Approval, question: ApprovalQuestion): ApprovalRefusal | undefined {
  const by = approval.by.toLowerCase();
  if (!question.reviewers.some((reviewer) => reviewer.toLowerCase() === by)) return 'not-a-reviewer';
  if (question.preventSelfReview && by === question.requestedBy.toLowerCase()) return 'own-deployment';
  if (approval.planHash !== question.planHash) return 'another-plan';
  // A no stays a no.
  const runsOut = approval.verdict === 'approved';
  if (runsOut && question.nowMs >= approval.atMs + question.approvalLifeMs) return 'expired';
  return undefined;
}
