import type { Generated } from 'kysely';

/** What people decided and what was refused to them. Rows are only ever added. */
export interface AuditTable {
  id: Generated<number>;
  at: number;
  actor: string;
  action: string;
  /** Null: concerns the server. */
  project: string | null;
  subject: string;
  outcome: 'done' | 'refused';
  /** JSON. */
  detail: string;
}
