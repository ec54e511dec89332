/** What an approval is about: a run whose jobs want to enter an environment, or a deployment that was started outside a job. */
export type ApprovalSubject =
  | { kind: 'run'; runId: number; attempt: number }
  | { kind: 'deployment'; id: number };

/** What is approved. If any of it changes, the approval does not hold any more. */
export interface ApprovalBinding {
  /** The commit. */
  sha: string;
  /** sha256 of the workflow as the run carries it out, called workflows included; null: no workflow. */
  workflow: string | null;
  /** Of the deployment's plan, where there is one. */
  planHash: string | null;
}

export type ApprovalState = 'pending' | 'approved' | 'rejected' | 'expired';

/** A request with every word that was said about it. */
export interface ApprovalRequest {
  id: number;
  project: string;
  environment: string;
  subject: ApprovalSubject;
  binding: ApprovalBinding;
  /** sha256 of the binding, hex; what a decision names. */
  bindingHash: string;
  requestedBy: string;
  /** When it was first asked for. */
  requestedAt: number;
  /** When it was asked last: later if the binding has changed or an approval has run out. */
  askedAt: number;
  /** When nobody can decide any more. */
  expiresAt: number;
  state: ApprovalState;
  /** The oldest first. */
  decisions: ApprovalDecision[];
}

export interface ApprovalDecision {
  verdict: 'approved' | 'rejected';
  by: string;
  comment: string;
  at: number;
  binding: ApprovalBinding;
  bindingHash: string;
}
