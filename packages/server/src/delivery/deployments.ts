import type { DeploymentPlan, RolloutState } from '@slipway/delivery';
import type { Selectable } from 'kysely';
import type { Store } from '../store/open-store.ts';
import type { DeploymentTable, Haste } from '../store/tables/delivery.ts';
import type { Place } from './rollout-environments.ts';

/** A deployment as it is kept, its JSON read. */
export interface DeploymentRow extends Place {
  id: number;
  releaseId: number;
  runId: number | null;
  haste: Haste;
  plan: DeploymentPlan;
  planHash: string;
  /** Only this plan may be carried out. */
  isPinned: boolean;
  requestedBy: string;
  requestedAt: number;
  state: RolloutState;
  version: number;
  weight: number | null;
  waiting: string | null;
  startedAt: number | null;
  finishedAt: number | null;
}

export async function findDeployment(store: Store, id: number): Promise<DeploymentRow | null> {
  const row = await store.selectFrom('deployment').selectAll().where('id', '=', id).executeTakeFirst();
  return row ? deploymentOf(row) : null;
}

/** Those of an environment that have not ended, in the order in which they were requested. */
export async function openDeployments(
  store: Store,
  { project, environment }: Place,
): Promise<DeploymentRow[]> {
  const rows = await store
    .selectFrom('deployment')
    .selectAll()
    .where(({ and }) => and({ project, environment }))
    .where('finished_at', 'is', null)
    .orderBy('id')
    .execute();
  return rows.map(deploymentOf);
}

/** The one whose revision serves: the last that completed. */
export async function lastCompleted(
  store: Store,
  { project, environment }: Place,
): Promise<DeploymentRow | null> {
  const row = await store
    .selectFrom('deployment')
    .selectAll()
    .where(({ and }) => and({ project, environment, state_kind: 'completed' }))
    .orderBy('finished_at', 'desc')
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row ? deploymentOf(row) : null;
}

export interface DeploymentQuery {
  project: string;
  environment?: string | undefined;
  limit: number;
}

/** The newest first. */
export async function listDeployments(
  store: Store,
  { project, environment, limit }: DeploymentQuery,
): Promise<DeploymentRow[]> {
  let query = store.selectFrom('deployment').selectAll().where('project', '=', project);
  if (environment !== undefined) query = query.where('environment', '=', environment);
  const rows = await query.orderBy('id', 'desc').limit(limit).execute();
  return rows.map(deploymentOf);
}

/** What a deployment places is named after it, so that going back to a release places it anew. */
export function revisionOf({ id }: { id: number }): string {
  return `d${id}`;
}

export function deploymentOf(row: Selectable<DeploymentTable>): DeploymentRow {
  return {
    id: row.id,
    project: row.project,
    environment: row.environment,
    releaseId: row.release_id,
    runId: row.run_id,
    haste: row.haste,
    // Plans that were kept before gates took the word of jobs name none.
    plan: { proofs: [], ...JSON.parse(row.plan) } as DeploymentPlan,
    planHash: row.plan_hash,
    isPinned: row.pinned === 1,
    requestedBy: row.requested_by,
    requestedAt: row.requested_at,
    state: JSON.parse(row.state) as RolloutState,
    version: row.version,
    weight: row.weight,
    waiting: row.waiting,
    startedAt: row.started_at,
    finishedAt: row.finished_at,
  };
}
