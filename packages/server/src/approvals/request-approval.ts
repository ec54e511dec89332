import type { Store } from '../store/open-store.ts';
import type { ApprovalBinding, ApprovalRequest, ApprovalSubject } from './approval-request.ts';
import { bindingHash } from './binding-hash.ts';
import { findApproval, subjectColumns } from './read-approvals.ts';

export interface WantedApproval {
  project: string;
  /** As it is written where it is defined. */
  environment: string;
  subject: ApprovalSubject;
  binding: ApprovalBinding;
  /** Who may not approve it under `prevent-self-review`. */
  requestedBy: string;
  /** When nobody can decide any more; default: 30 days from now, as on GitHub. */
  expiresAt?: number;
  /** False: it is kept only as where a wait timer begins. Default true. */
  needsWord?: boolean;
}

const longestMs = 30 * 24 * 60 * 60_000;

interface Clock {
  store: Store;
  now: number;
}

/**
 * Asks for approval, once for each subject and environment: asked again it is the same request. If what it binds has changed meanwhile, what
 * was said of it holds no longer, and it is asked anew.
 */
export async function requestApproval(
  { store, now }: Clock,
  wanted: WantedApproval,
): Promise<ApprovalRequest> {
  const { project, environment, subject, binding, requestedBy } = wanted;
  const { expiresAt = now + longestMs, needsWord = true } = wanted;
  const state = needsWord ? 'pending' : 'approved';
  const bound = { binding: JSON.stringify(binding), binding_hash: bindingHash(binding) };
  await store
    .insertInto('approval')
    .values({
      project,
      environment,
      ...subjectColumns(subject),
      ...bound,
      requested_by: requestedBy,
      requested_at: now,
      asked_at: now,
      expires_at: expiresAt,
      state,
    })
    .onConflict((conflict) =>
      conflict
        .columns(['subject_kind', 'subject_id', 'attempt', 'environment'])
        .doUpdateSet({ ...bound, asked_at: now, expires_at: expiresAt, state })
        .where('approval.binding_hash', '!=', bound.binding_hash),
    )
    .execute();
  const request = await findApproval(store, { environment, subject });
  if (request === null) throw new Error(`the request for approval of ${environment} is gone`);
  return request;
}

/**
 * Asks again: for what was approved and not begun in time, or by somebody whose word does not count any more.
 * @returns false: it is asked already, or binds something else by now
 */
export async function askAgain(
  { store, now }: Clock,
  { id, bindingHash: hash }: ApprovalRequest,
): Promise<boolean> {
  const asked = await store
    .updateTable('approval')
    .set({ state: 'pending', asked_at: now, expires_at: now + longestMs })
    .where(({ and }) => and({ id, binding_hash: hash }))
    .where('state', '!=', 'pending')
    .returning('id')
    .executeTakeFirst();
  return asked !== undefined;
}

/** Nobody has decided in time. */
export async function giveUp(store: Store, { id, bindingHash: hash }: ApprovalRequest): Promise<void> {
  await store
    .updateTable('approval')
    .set({ state: 'expired' })
    .where(({ and }) => and({ id, binding_hash: hash, state: 'pending' }))
    .execute();
}

/** Nobody needs to decide any more. */
export async function withdrawApproval(
  store: Store,
  { environment, subject }: { environment: string; subject: ApprovalSubject },
): Promise<void> {
  await store
    .updateTable('approval')
    .set({ state: 'expired' })
    .where(({ and }) => and({ environment, ...subjectColumns(subject), state: 'pending' }))
    .execute();
}

/** With the run that they were about; who decided what stays in the audit log. */
export async function forgetApprovals(store: Store, runId: number): Promise<void> {
  const ofRun = store
    .selectFrom('approval')
    .select('id')
    .where(({ and }) => and({ subject_kind: 'run', subject_id: runId }));
  await store.deleteFrom('approval_decision').where('approval_id', 'in', ofRun).execute();
  await store
    .deleteFrom('approval')
    .where(({ and }) => and({ subject_kind: 'run', subject_id: runId }))
    .execute();
}
