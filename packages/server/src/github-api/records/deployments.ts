import type { Insertable, Selectable } from 'kysely';
import type { Store } from '../../store/open-store.ts';
import type { GithubDeploymentStatusTable, GithubDeploymentTable } from '../../store/tables/github-api.ts';

export type GithubDeployment = Selectable<GithubDeploymentTable>;
export type GithubDeploymentStatus = Selectable<GithubDeploymentStatusTable>;

interface Clock {
  store: Store;
  now: number;
}

export async function addDeployment(
  { store, now }: Clock,
  deployment: Omit<Insertable<GithubDeploymentTable>, 'created_at' | 'updated_at'>,
): Promise<GithubDeployment> {
  return store
    .insertInto('github_deployment')
    .values({ ...deployment, created_at: now, updated_at: now })
    .returningAll()
    .executeTakeFirstOrThrow();
}

export interface DeploymentFilter {
  sha?: string | undefined;
  ref?: string | undefined;
  task?: string | undefined;
  environment?: string | undefined;
}

/** The newest first. */
export async function listDeployments(
  store: Store,
  project: string,
  filter: DeploymentFilter,
): Promise<GithubDeployment[]> {
  let query = store.selectFrom('github_deployment').selectAll().where('project', '=', project);
  for (const column of ['sha', 'ref', 'task', 'environment'] as const) {
    const value = filter[column];
    if (value !== undefined) query = query.where(column, '=', value);
  }
  return query.orderBy('id', 'desc').execute();
}

export async function readDeployment(
  store: Store,
  { project, id }: { project: string; id: number },
): Promise<GithubDeployment | null> {
  const row = await store
    .selectFrom('github_deployment')
    .selectAll()
    .where('project', '=', project)
    .where('id', '=', id)
    .executeTakeFirst();
  return row ?? null;
}

/** The newest first. */
export async function listDeploymentStatuses(
  store: Store,
  deploymentId: number,
): Promise<GithubDeploymentStatus[]> {
  return store
    .selectFrom('github_deployment_status')
    .selectAll()
    .where('deployment_id', '=', deploymentId)
    .orderBy('id', 'desc')
    .execute();
}

export type NewDeploymentStatus = Omit<
  Insertable<GithubDeploymentStatusTable>,
  'created_at' | 'deployment_id'
> & {
  deployment: GithubDeployment;
  autoInactive: boolean;
};

/**
 * Says how far a deployment is. With `autoInactive` a success makes what was deployed to the environment before inactive, unless it was
 * transient or of a production environment.
 */
export async function addDeploymentStatus(
  { store, now }: Clock,
  status: NewDeploymentStatus,
): Promise<GithubDeploymentStatus> {
  return store
    .transaction()
    .execute((transaction) => writeDeploymentStatus({ store: transaction, now }, status));
}

/** The same in a transaction. */
export async function writeDeploymentStatus(
  { store, now }: Clock,
  { deployment, autoInactive, ...status }: NewDeploymentStatus,
): Promise<GithubDeploymentStatus> {
  const row = await store
    .insertInto('github_deployment_status')
    .values({ ...status, deployment_id: deployment.id, created_at: now })
    .returningAll()
    .executeTakeFirstOrThrow();
  await store
    .updateTable('github_deployment')
    .set({ updated_at: now })
    .where('id', '=', deployment.id)
    .execute();
  if (status.state === 'success' && autoInactive) {
    const { environment, creator } = status;
    await endEarlier({ store, now }, { deployment, environment, creator });
  }
  return row;
}

async function endEarlier(
  { store, now }: Clock,
  {
    deployment,
    environment,
    creator,
  }: { deployment: GithubDeployment; environment: string; creator: string },
): Promise<void> {
  const earlier = await store
    .selectFrom('github_deployment')
    .select('id')
    .where(({ and }) =>
      and({ project: deployment.project, environment, transient_environment: 0, production_environment: 0 }),
    )
    .where('id', '<', deployment.id)
    .execute();
  for (const { id } of earlier) {
    const [last] = await listDeploymentStatuses(store, id);
    if (last?.state !== 'success') continue;
    await store
      .insertInto('github_deployment_status')
      .values({
        deployment_id: id,
        state: 'inactive',
        description: '',
        environment,
        environment_url: last.environment_url,
        log_url: last.log_url,
        creator,
        created_at: now,
      })
      .execute();
  }
}

/** With its statuses. */
export async function removeDeployment(store: Store, { id }: GithubDeployment): Promise<void> {
  await store.transaction().execute(async (transaction) => {
    await transaction.deleteFrom('github_deployment_status').where('deployment_id', '=', id).execute();
    await transaction.deleteFrom('github_deployment').where('id', '=', id).execute();
  });
}
