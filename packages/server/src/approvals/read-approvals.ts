import { SlipwayError } from '@slipway/contracts/errors';
import type { Selectable } from 'kysely';
import { type VisibleProjects, visibleIn } from '../access/project-access.ts';
import type { Store } from '../store/open-store.ts';
import type { ApprovalDecisionTable, ApprovalTable } from '../store/tables/environments.ts';
import type { ApprovalRequest, ApprovalState, ApprovalSubject } from './approval-request.ts';

/** The request of a run's attempt, or of a deployment, for an environment; null if nothing was asked. */
export async function findApproval(
  store: Store,
  { environment, subject }: { environment: string; subject: ApprovalSubject },
): Promise<ApprovalRequest | null> {
  const row = await store
    .selectFrom('approval')
    .selectAll()
    .where(({ and }) => and({ environment, ...subjectColumns(subject) }))
    .executeTakeFirst();
  return row === undefined ? null : ((await withDecisions(store, [row]))[0] ?? null);
}

/** @throws SlipwayError `unknown-approval` */
export async function readApproval(store: Store, id: number): Promise<ApprovalRequest> {
  const row = await store.selectFrom('approval').selectAll().where('id', '=', id).executeTakeFirst();
  const [request] = row === undefined ? [] : await withDecisions(store, [row]);
  if (request === undefined) throw new SlipwayError('unknown-approval');
  return request;
}

export interface ApprovalFilter {
  /** Only of these projects; default: of all. */
  visible?: VisibleProjects | undefined;
  project?: string | undefined;
  state?: ApprovalState | undefined;
  /** Requests of any attempt of this run. */
  runId?: number | undefined;
  limit: number;
}

/** The newest first. Left out are requests without a decision of what waits for none any more, as a run that is over. */
export async function listApprovals(
  store: Store,
  { visible = { kind: 'all' }, project, state, runId, limit }: ApprovalFilter,
): Promise<ApprovalRequest[]> {
  const rows = await store
    .selectFrom('approval')
    .leftJoin('run_attempt', (join) =>
      join
        .onRef('run_attempt.run_id', '=', 'approval.subject_id')
        .onRef('run_attempt.attempt', '=', 'approval.attempt')
        .on('approval.subject_kind', '=', 'run'),
    )
    .leftJoin('deployment', (join) =>
      join.onRef('deployment.id', '=', 'approval.subject_id').on('approval.subject_kind', '=', 'deployment'),
    )
    .selectAll('approval')
    .where(({ eb, or }) =>
      or([
        eb('approval.state', '!=', 'pending'),
        eb('deployment.state_kind', '=', 'gated'),
        eb('run_attempt.status', '!=', 'completed'),
      ]),
    )
    .where(visibleIn(visible, 'approval.project'))
    .$if(project !== undefined, (query) => query.where('approval.project', '=', project ?? ''))
    .$if(state !== undefined, (query) => query.where('approval.state', '=', state ?? 'pending'))
    .$if(runId !== undefined, (query) =>
      query.where('approval.subject_kind', '=', 'run').where('approval.subject_id', '=', runId ?? 0),
    )
    .orderBy('approval.id', 'desc')
    .limit(limit)
    .execute();
  return withDecisions(store, rows);
}

export function subjectColumns(subject: ApprovalSubject) {
  return subject.kind === 'run'
    ? { subject_kind: 'run' as const, subject_id: subject.runId, attempt: subject.attempt }
    : { subject_kind: 'deployment' as const, subject_id: subject.id, attempt: 0 };
}

async function withDecisions(store: Store, rows: Selectable<ApprovalTable>[]): Promise<ApprovalRequest[]> {
  if (rows.length === 0) return [];
  const ids = rows.map(({ id }) => id);
  const decisions = await store
    .selectFrom('approval_decision')
    .selectAll()
    .where('approval_id', 'in', ids)
    .orderBy('id')
    .execute();
  return rows.map((row) =>
    requestOf(
      row,
      decisions.filter(({ approval_id }) => approval_id === row.id),
    ),
  );
}

function requestOf(
  row: Selectable<ApprovalTable>,
  decisions: Selectable<ApprovalDecisionTable>[],
): ApprovalRequest {
  const { id, project, environment, state, subject_id, attempt } = row;
  return {
    id,
    project,
    environment,
    subject:
      row.subject_kind === 'run'
        ? { kind: 'run', runId: subject_id, attempt }
        : { kind: 'deployment', id: subject_id },
    binding: JSON.parse(row.binding),
    bindingHash: row.binding_hash,
    requestedBy: row.requested_by,
    requestedAt: row.requested_at,
    askedAt: row.asked_at,
    expiresAt: row.expires_at,
    state,
    decisions: decisions.map(({ verdict, by, comment, at, binding, binding_hash }) => ({
      verdict,
      by,
      comment,
      at,
      binding: JSON.parse(binding),
      bindingHash: binding_hash,
    })),
  };
}
