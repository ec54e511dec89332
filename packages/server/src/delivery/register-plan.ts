import { SlipwayError } from '@slipway/contracts/errors';
import type { Selectable } from 'kysely';
import type { DeploymentPlanTable, Haste } from '../store/tables/delivery.ts';
import type { DeliverySources } from './delivery-sources.ts';
import { type MadePlan, makePlan } from './make-plan.ts';
import { type Asker, findRelease, type KeptRelease } from './releases.ts';

export interface WantedPlan {
  environment: string;
  /** Id, tag, commit or `latest`. */
  release: string;
  haste: Haste;
}

/**
 * Plans a deployment and keeps the plan under its hash, so that what was read is what is approved and carried out.
 * @throws SlipwayError
 */
export async function registerPlan(
  sources: DeliverySources,
  asker: Asker,
  wanted: WantedPlan,
): Promise<MadePlan> {
  const { store, now } = sources;
  const { project, by, runId } = asker;
  const { haste } = wanted;
  const environment = await nameAsWritten(sources, { project, name: wanted.environment, haste });
  const release = await findRelease(store, project, wanted.release);
  const request = { project, environment, release, haste, requestedBy: by, requestedAtMs: now() };
  const made = await makePlan(sources, request);
  await store
    .insertInto('deployment_plan')
    .values({
      project,
      environment,
      release_id: release.row.id,
      run_id: runId,
      haste,
      plan: JSON.stringify(made.plan),
      plan_hash: made.planHash,
      requested_by: by,
      created_at: made.plan.requestedAtMs,
    })
    .execute();
  return made;
}

/**
 * The plan that was registered under a hash, or else by the run whose job asks; undefined: the run has registered none.
 * @throws SlipwayError `stale-plan` if there is none of that hash
 */
export async function findRegistered(
  { store }: DeliverySources,
  { project, runId }: Asker,
  {
    environment,
    planHash,
    release,
  }: { environment: string; planHash: string | undefined; release: KeptRelease },
): Promise<Selectable<DeploymentPlanTable> | undefined> {
  const query = store
    .selectFrom('deployment_plan')
    .selectAll()
    .where(({ and }) => and({ project, environment, release_id: release.row.id }))
    .orderBy('id', 'desc')
    .limit(1);
  if (planHash !== undefined) {
    const found = await query.where('plan_hash', '=', planHash).executeTakeFirst();
    if (found) return found;
    throw new SlipwayError('stale-plan', {
      message: `No plan ${planHash.slice(0, 12)}… of release ${release.row.tag} for ${environment} is known. Plan it with \`slipway deploy ${environment} --release ${release.row.id} --plan\`.`,
      field: 'planHash',
    });
  }
  return runId === null ? undefined : query.where('run_id', '=', runId).executeTakeFirst();
}

/** Names of environments are compared without case: what is kept is kept under one of them. */
export async function nameAsWritten(
  sources: DeliverySources,
  { project, name, haste }: { project: string; name: string; haste: Haste },
): Promise<string> {
  return (await sources.environmentOf(project, name, haste)).name;
}
