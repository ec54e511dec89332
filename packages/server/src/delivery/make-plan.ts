import { createHash } from 'node:crypto';
import { SlipwayError } from '@slipway/contracts/errors';
import {
  type DeploymentPlan,
  type DeploymentRequest,
  type Environment,
  type PendingMigration,
  planDeployment,
  planHash,
  type Release,
} from '@slipway/delivery';
import type { Target } from '@slipway/targets';
import type { Haste } from '../store/tables/delivery.ts';
import { bundlesOf, missingBundles } from './bundles.ts';
import type { DeliverySources } from './delivery-sources.ts';
import { lastCompleted, revisionOf } from './deployments.ts';
import { hideSecrets } from './hide-secrets.ts';
import { type KeptRelease, keptOf } from './releases.ts';
import type { Place } from './rollout-environments.ts';

export interface PlanRequest extends Place {
  release: KeptRelease;
  haste: Haste;
  requestedBy: string;
  requestedAtMs: number;
}

export interface MadePlan {
  plan: DeploymentPlan;
  planHash: string;
}

/**
 * What a deployment would do as things are now. Nothing is changed, and nothing of a release that policy refuses is run.
 * @throws SlipwayError `bundle-removed`, `invalid-delivery-config`, `unknown-environment`, `target-unavailable`
 */
export async function makePlan(sources: DeliverySources, request: PlanRequest): Promise<MadePlan> {
  const { project, environment, haste, requestedBy, requestedAtMs } = request;
  const { release, described } = request.release;
  await requireBundlesOf(sources, project, release);
  const rules = await sources.environmentOf(project, environment, haste);
  const current = await currentRelease(sources, request);
  const without: DeploymentRequest = {
    environment: rules,
    release,
    current,
    migrations: [],
    haste,
    requestedBy,
    requestedAtMs,
    components: described,
    completedBefore:
      rules.requires === null
        ? []
        : await completedReleases(sources, { project, environment: rules.requires }),
  };
  // What can't be placed anywhere is refused before anything is changed.
  const target = await sources.targets.open({ project, environment, target: rules.target });
  await requireProviders(sources, request, rules);
  const unasked = planDeployment(without);
  requireOptions(target, unasked);
  // What is pending is for the release's own program to say, which gets all secrets of the environment.
  const mayAsk = unasked.findings.length === 0;
  const migrations = mayAsk ? await pendingMigrations(sources, { request, target, plan: unasked }) : [];
  const plan = planDeployment({ ...without, migrations });
  return { plan, planHash: planHash(plan, sha256) };
}

/** Else the first act would find it out, when the deployment has waited for its turn. */
function requireOptions(target: Target, { placement, release }: DeploymentPlan): void {
  const mistakes = target.mistakesIn(placement);
  if (mistakes.length === 0) return;
  const message = `slipway.yml of release ${release.tag} does not fit a ${target.kind} target: ${mistakes.join('; ')}`;
  throw new SlipwayError('invalid-delivery-config', { message, field: 'release' });
}

/** That nobody can be asked for a metric would be found out when the new revision has traffic already. */
async function requireProviders(
  { targets }: DeliverySources,
  { project, environment, haste }: PlanRequest,
  { analysis, target }: Environment,
): Promise<void> {
  if (haste === 'rollback') return;
  for (const provider of new Set(analysis?.metrics.map((metric) => metric.provider))) {
    await targets.metrics({ project, environment, target }, provider).catch((cause: unknown) => {
      const message = `${environment} can't be analysed: ${messageOf(cause)}`;
      throw new SlipwayError('target-unavailable', { message, cause });
    });
  }
}

/**
 * A release whose bundle was removed can't be placed, and nobody should find that out half-way.
 * @throws SlipwayError `bundle-removed`
 */
export async function requireBundlesOf(
  { store }: Pick<DeliverySources, 'store'>,
  project: string,
  { components, tag, commit }: Release,
): Promise<void> {
  const [missing] = await missingBundles(store, project, bundlesOf(components));
  if (missing === undefined) return;
  const name = Object.entries(components).find(([, { digest }]) => digest === missing)?.[0];
  throw new SlipwayError('bundle-removed', {
    message: `The bundle of ${name} of release ${tag} (${missing}) is not kept any more, so it can't be deployed. Build commit ${commit.slice(0, 12)} again and release that, or name a release that is kept.`,
    field: 'release',
  });
}

/** Schemas only go forward, so going back runs no migrations. */
async function pendingMigrations(
  sources: DeliverySources,
  { request, target, plan }: { request: PlanRequest; target: Target; plan: DeploymentPlan },
): Promise<PendingMigration[]> {
  const { project, environment, haste } = request;
  const { placement, release, rollout } = plan;
  const hasMigrations = Object.values(placement.components).some(({ role }) => role === 'migration');
  if (haste === 'rollback' || !hasMigrations) return [];
  const previous = await lastCompleted(sources.store, { project, environment });
  const reading = await target
    .pendingMigrations({
      revision: 'plan',
      previous: previous && revisionOf(previous),
      release,
      placement,
      limits: rollout.limits,
      variables: await sources.variablesOf(project, environment),
      sources: null,
    })
    .catch((cause: unknown) => {
      throw new SlipwayError('target-unavailable', {
        message: `The target of ${environment} could not say which migrations are pending: ${messageOf(cause)}`,
        cause,
      });
    });
  if (reading.kind === 'known') return reading.migrations;
  const reason = hideSecrets(reading.reason, await sources.secretsOf(project, environment));
  throw new SlipwayError('target-unavailable', {
    message: `The migrations of ${release.tag} could not say what is pending on ${environment}: ${reason}`,
  });
}

/** What runs, as far as deployments know; null if nothing does. */
export async function currentRelease({ store }: DeliverySources, place: Place): Promise<Release | null> {
  const last = await lastCompleted(store, place);
  return last && (await releaseOf({ store }, last.releaseId));
}

async function completedReleases(
  { store }: DeliverySources,
  { project, environment }: Place,
): Promise<Release[]> {
  const rows = await store
    .selectFrom('release')
    .selectAll('release')
    .where('release.project', '=', project)
    .where(({ exists, selectFrom }) =>
      exists(
        selectFrom('deployment')
          .select('deployment.id')
          .whereRef('deployment.release_id', '=', 'release.id')
          .where('deployment.environment', '=', environment)
          .where('deployment.state_kind', '=', 'completed'),
      ),
    )
    .orderBy('release.id', 'desc')
    .limit(500)
    .execute();
  return rows.map((row) => keptOf(row).release);
}

export async function releaseOf(
  { store }: Pick<DeliverySources, 'store'>,
  releaseId: number,
): Promise<Release> {
  return (await keptReleaseOf({ store }, releaseId)).release;
}

export async function keptReleaseOf(
  { store }: Pick<DeliverySources, 'store'>,
  releaseId: number,
): Promise<KeptRelease> {
  const row = await store
    .selectFrom('release')
    .selectAll()
    .where('id', '=', releaseId)
    .executeTakeFirstOrThrow();
  return keptOf(row);
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
