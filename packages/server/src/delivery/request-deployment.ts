import { SlipwayError } from '@slipway/contracts/errors';
import { planDifferences } from '@slipway/delivery';
import { recordAudit } from '../access/audit.ts';
import type { Haste } from '../store/tables/delivery.ts';
import { bundlesOf, useBundles } from './bundles.ts';
import type { DeliverySources } from './delivery-sources.ts';
import { type DeploymentRow, deploymentOf } from './deployments.ts';
import { type MadePlan, makePlan, requireBundlesOf } from './make-plan.ts';
import { findRegistered, nameAsWritten, type WantedPlan } from './register-plan.ts';
import { type Asker, findRelease, type KeptRelease } from './releases.ts';
import { ensureEnvironment, readEnvironment } from './rollout-environments.ts';
import { writeNote } from './write-event.ts';

export interface WantedDeployment extends WantedPlan {
  /** Only this plan may be carried out. */
  planHash?: string | undefined;
}

/**
 * Requests a deployment: it waits for its turn from now on. A plan that was registered before (by its hash, or by an earlier job of the
 * same run) is the only one that may be carried out; otherwise the plan is made now, and again when its turn comes.
 * @throws SlipwayError `stale-plan`, `policy-refused` and those of planning
 */
export async function requestDeployment(
  sources: DeliverySources,
  asker: Asker,
  wanted: WantedDeployment,
): Promise<DeploymentRow> {
  const { store, now } = sources;
  const { project, by, runId } = asker;
  const environment = await nameAsWritten(sources, {
    project,
    name: wanted.environment,
    haste: wanted.haste,
  });
  const release = await findRelease(store, project, wanted.release);
  const { planHash } = wanted;
  const registered = await findRegistered(sources, asker, { environment, planHash, release });
  if (registered && wanted.haste === 'urgent' && registered.haste !== 'urgent') {
    throw notUrgent(environment, release);
  }
  const request = registered
    ? { haste: registered.haste, requestedBy: registered.requested_by, requestedAtMs: registered.created_at }
    : { haste: wanted.haste, requestedBy: by, requestedAtMs: now() };
  const made = await makePlan(sources, { project, environment, release, ...request });
  if (registered && made.planHash !== registered.plan_hash) {
    throw stalePlan(JSON.parse(registered.plan) as MadePlan['plan'], made.plan);
  }
  await refuseIfForbidden(sources, asker, made);
  return insertDeployment(sources, {
    ...asker,
    runId,
    environment,
    release,
    made,
    haste: request.haste,
    isPinned: registered !== undefined,
  });
}

export interface NewDeployment extends Asker {
  environment: string;
  release: KeptRelease;
  made: MadePlan;
  haste: Haste;
  isPinned: boolean;
}

/** It waits for its turn from now on. @throws SlipwayError `bundle-removed` */
export async function insertDeployment(
  { store, notices, now }: DeliverySources,
  { project, by, runId, environment, release, made, haste, isPinned }: NewDeployment,
): Promise<DeploymentRow> {
  const row = await store.transaction().execute(async (transaction) => {
    await useBundles({ store: transaction, now: now() }, project, bundlesOf(release.release.components));
    await requireBundlesOf({ store: transaction }, project, release.release);
    await ensureEnvironment(transaction, { project, environment });
    const inserted = await transaction
      .insertInto('deployment')
      .values({
        project,
        environment,
        release_id: release.row.id,
        run_id: runId,
        haste,
        plan: JSON.stringify(made.plan),
        plan_hash: made.planHash,
        pinned: isPinned ? 1 : 0,
        requested_by: by,
        requested_at: now(),
        state: JSON.stringify({ kind: 'queued' }),
        state_kind: 'queued',
        version: 0,
      })
      .returningAll()
      .executeTakeFirstOrThrow();
    const deployment = deploymentOf(inserted);
    const text = `${by} asked for ${release.row.tag} on ${environment}${haste === 'none' ? '' : ` (${haste})`}.`;
    await writeNote(transaction, deployment, { lines: [text], atMs: now() });
    await recordAudit(transaction, {
      at: now(),
      actor: by,
      action: haste === 'rollback' ? 'deployment.rolled-back' : 'deployment.requested',
      project,
      subject: `environment ${environment}`,
      outcome: 'done',
      detail: { deployment: inserted.id, release: release.row.tag, planHash: made.planHash },
    });
    return deployment;
  });
  notices.notify('rollouts');
  return row;
}

function stalePlan(before: MadePlan['plan'], now: MadePlan['plan']): SlipwayError {
  return new SlipwayError('stale-plan', {
    message: `The plan does not fit any more: ${planDifferences(before, now).join(', ')} changed since it was made. Plan again with \`slipway deploy ${now.environment} --release ${now.release.id} --plan\`.`,
  });
}

/** Else it would wait for peak hours to end, and nobody knew why. */
function notUrgent(environment: string, { row: { id, tag } }: KeptRelease): SlipwayError {
  return new SlipwayError('stale-plan', {
    message: `The plan of ${tag} for ${environment} that is to be carried out is not urgent. Plan again with \`slipway deploy ${environment} --release ${id} --urgent --plan\`.`,
    field: 'haste',
  });
}

/** A refusal is audited. @throws SlipwayError `policy-refused` with all reasons */
export async function refuseIfForbidden(
  { store, now }: DeliverySources,
  { project, by }: Asker,
  { plan }: MadePlan,
): Promise<void> {
  const { environment } = plan;
  const row = await readEnvironment(store, { project, environment });
  const frozen =
    row?.frozen != null && plan.rollout.haste !== 'rollback'
      ? [
          `${environment} is frozen: ${row.frozen} Look into it, then \`slipway unfreeze ${environment}\`; going back is allowed.`,
        ]
      : [];
  const reasons = [...frozen, ...plan.findings.map(({ message, mend }) => `${message} ${mend}`)];
  if (reasons.length === 0) return;
  await recordAudit(store, {
    at: now(),
    actor: by,
    action: 'deployment.requested',
    project,
    subject: `environment ${environment}`,
    outcome: 'refused',
    detail: { release: plan.release.tag, findings: plan.findings.map(({ code }) => code) },
  });
  throw new SlipwayError('policy-refused', { message: reasons.join(' ') });
}
