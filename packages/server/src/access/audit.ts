import type { AuditPage, auditFilterSchema } from '@slipway/contracts/api/identity';
import { sql } from 'kysely';
import type { z } from 'zod';
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

/** What the log says, the newest first, a page at a time. */
export async function readAudit(
  store: Store,
  filter: z.output<typeof auditFilterSchema>,
): Promise<AuditPage> {
  const { project, actor, action, outcome, since, cursor, limit } = filter;
  let query = store.selectFrom('audit').selectAll();
  if (project !== undefined) {
    query = query.where(sql<string>`lower(project)`, '=', project.toLowerCase());
  }
  if (actor !== undefined) query = query.where('actor', '=', actor);
  if (action !== undefined) {
    query = action.endsWith('.')
      ? query.where(sql<string>`substr(action, 1, ${action.length})`, '=', action)
      : query.where('action', '=', action);
  }
  if (outcome !== undefined) query = query.where('outcome', '=', outcome);
  if (since !== undefined) query = query.where('at', '>=', since);
  if (cursor !== undefined) query = query.where('id', '<', cursor);
  const rows = await query
    .orderBy('id', 'desc')
    .limit(limit + 1)
    .execute();
  const page = rows.slice(0, limit);
  return {
    entries: page.map(({ detail, ...row }) => ({ ...row, detail: JSON.parse(detail) })),
    next: rows.length > limit ? (page.at(-1)?.id ?? null) : null,
  };
}
