import type { DeploymentPlan } from '../plan/deployment-plan.ts';
import { closureOf } from '../rollout/closure.ts';
import { type Approval, type ApprovalRefusal, refusalOf } from './approval.ts';

export interface GateFacts {
  plan: DeploymentPlan;
  planHash: string;
  /** Who asks for the deployment; another one may have planned it. */
  requestedBy: string;
  approvals: readonly Approval[];
  /** Why the environment takes no deployment (a rollback failed), null if it takes some. Going back is always allowed. */
  frozen: string | null;
  nowMs: number;
}

export type GateAssessment =
  | { kind: 'pass' }
  /** `untilMs`: when time alone may change it; null: a person must. */
  | { kind: 'wait'; untilMs: number | null; reason: string; ignored: IgnoredApproval[] }
  | { kind: 'refuse'; reason: string };

export interface IgnoredApproval {
  approval: Approval;
  refusal: ApprovalRefusal;
}

/** Whether a planned deployment may start now. */
export function assessGates(facts: GateFacts): GateAssessment {
  const { plan, frozen, nowMs } = facts;
  if (plan.findings.length > 0) {
    return { kind: 'refuse', reason: plan.findings.map(({ message }) => message).join(' ') };
  }
  if (plan.rollout.haste === 'rollback') return { kind: 'pass' };
  if (frozen !== null) return { kind: 'refuse', reason: `${plan.environment} is frozen: ${frozen}.` };
  const approval = assessApprovals(facts);
  if (approval.kind !== 'pass') return approval;
  const earliestMs = plan.requestedAtMs + plan.protection.waitMs;
  if (nowMs < earliestMs) return waiting(earliestMs, 'The wait timer is running.');
  const closure = closureOf(plan.rollout, nowMs);
  if (!closure) return { kind: 'pass' };
  const { window, untilMs } = closure;
  return waiting(untilMs, window.kind === 'freeze' ? `Freeze: ${window.reason}.` : 'These are peak hours.');
}

/** One reviewer is enough; one who rejects ends it. An approval of this plan that has run out wants a new plan. */
function assessApprovals({ plan, planHash, requestedBy, approvals, nowMs }: GateFacts): GateAssessment {
  const { protection } = plan;
  if (protection.reviewers.length === 0) return { kind: 'pass' };
  const judged = approvals.map((approval) => ({
    approval,
    refusal: refusalOf(approval, { planHash, requestedBy, nowMs, ...protection }),
  }));
  const counted = judged.filter(({ refusal }) => refusal === undefined).map(({ approval }) => approval);
  const rejected = counted.find(({ verdict }) => verdict === 'rejected');
  if (rejected) return { kind: 'refuse', reason: `${rejected.by} rejected it.` };
  if (counted.length > 0) return { kind: 'pass' };
  if (judged.some(({ refusal }) => refusal === 'expired')) {
    return { kind: 'refuse', reason: 'Its approval has expired; plan it again.' };
  }
  const ignored = judged.flatMap(({ approval, refusal }) => (refusal ? [{ approval, refusal }] : []));
  return {
    kind: 'wait',
    untilMs: null,
    reason: `Waiting for approval by ${protection.reviewers.join(' or ')}.`,
    ignored,
  };
}

function waiting(untilMs: number, reason: string): GateAssessment {
  return { kind: 'wait', untilMs, reason, ignored: [] };
}
