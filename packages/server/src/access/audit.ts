import type { Store } from '../store/open-store.ts';

/** A decision of a person, or something that was refused to somebody, as the audit log keeps it. */
export interface AuditEntry {
  at: number;
  /** `nameOf` the principal; empty: nobody who is known. */
  actor: string;
  /** A verb and what it was done to, e.g. `approval.granted`, `secret.set`, `token.revoked`, `push.refused`. */
  action: string;
  /** Null: concerns the server. */
  project: string | null;
  /** What it was done to, e.g. `environment production`, `pull request 4`. Never a secret. */
  subject: string;
  outcome: 'done' | 'refused';
  /** JSON that says more; never a secret. */
  detail?: Record<string, unknown>;
}

/** Appends to the log, in the transaction of what it tells of where there is one. */
export async function recordAudit(store: Store, entry: AuditEntry): Promise<void> {
  const { detail = {}, ...row } = entry;
  await store
    .insertInto('audit')
    .values({ ...row, detail: JSON.stringify(detail) })
    .execute();
}
