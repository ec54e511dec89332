/** Who has to agree before something enters an environment, and who did. */
export type * from './approval-request.ts';
export { type ApprovalStanding, approvalsOfPlan, assessApproval } from './assess-approval.ts';
export { decideApproval, type WantedDecision } from './decide-approval.ts';
export { enterEnvironments } from './enter-environment.ts';
export { findApproval, listApprovals, readApproval } from './read-approvals.ts';
export { askAgain, requestApproval, type WantedApproval } from './request-approval.ts';
