import { SlipwayError } from '@slipway/contracts/errors';
import { type PastDeployment, planDifferences, planUndo } from '@slipway/delivery';
import { recordAudit } from '../access/audit.ts';
import type { Haste } from '../store/tables/delivery.ts';
import type { DeliverySources } from './delivery-sources.ts';
import { type DeploymentRow, deploymentOf, listDeployments } from './deployments.ts';
import { keptReleaseOf, type MadePlan, makePlan } from './make-plan.ts';
import { type Asker, findRelease, type KeptRelease } from './releases.ts';
import { ensureEnvironment, readEnvironment } from './rollout-environments.ts';
import { writeNote } from './write-event.ts';

export interface WantedDeployment {
  environment: string;
  /** Id, tag, commit or `latest`. */
  release: string;
  haste: Haste;
  /** Only this plan may be carried out. */
  planHash?: string | undefined;
}

/**
 * Plans a deployment and keeps the plan under its hash, so that what was read is what is approved and carried out.
 * @throws SlipwayError
 */
export async function registerPlan(
  sources: DeliverySources,
  asker: Asker,
  wanted: WantedDeployment,
): Promise<MadePlan> {
  const { store, now } = sources;
  const { project, by, runId } = asker;
  const { haste } = wanted;
  const environment = await nameAsWritten(sources, project, wanted.environment);
  const release = await findRelease(store, project, wanted.release);
  const made = await makePlan(sources, {
    project,
    environment,
    release,
    haste,
    requestedBy: by,
    requestedAtMs: now(),
  });
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
  const environment = await nameAsWritten(sources, project, wanted.environment);
  const release = await findRelease(store, project, wanted.release);
  const { planHash } = wanted;
  const registered = await findRegistered(sources, asker, { environment, planHash, release });
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

/**
 * Requests to go back: to the release that completed before, or to one that is named and has completed here. Always allowed.
 * @throws SlipwayError `nothing-to-roll-back` and those of planning
 */
export async function requestRollback(
  sources: DeliverySources,
  asker: Asker,
  { environment: named, to }: { environment: string; to?: string | undefined },
): Promise<DeploymentRow> {
  const { store, now } = sources;
  const { project, by } = asker;
  const environment = await nameAsWritten(sources, project, named);
  const past = await listDeployments(store, { project, environment, limit: 200 });
  const history: PastDeployment[] = [];
  for (const { releaseId, state } of past.toReversed()) {
    if (state.kind !== 'completed' && state.kind !== 'rolled-back' && state.kind !== 'blocked') continue;
    const { release } = await keptReleaseOf(sources, releaseId);
    history.push({ release, outcome: state.kind });
  }
  const wanted = to === undefined ? undefined : await findRelease(store, project, to);
  const undo = planUndo(history, wanted?.release.id);
  if (undo.kind === 'impossible') {
    throw new SlipwayError('nothing-to-roll-back', {
      message: `${undo.reason} Deploy a release with \`slipway deploy ${environment} --release …\`.`,
    });
  }
  const release = await keptReleaseOf(sources, Number(undo.release.id));
  const made = await makePlan(sources, {
    project,
    environment,
    release,
    haste: undo.haste,
    requestedBy: by,
    requestedAtMs: now(),
  });
  await refuseIfForbidden(sources, asker, made);
  return insertDeployment(sources, {
    ...asker,
    environment,
    release,
    made,
    haste: undo.haste,
    isPinned: false,
  });
}

interface NewDeployment extends Asker {
  environment: string;
  release: KeptRelease;
  made: MadePlan;
  haste: Haste;
  isPinned: boolean;
}

async function insertDeployment(
  { store, notices, now }: DeliverySources,
  { project, by, runId, environment, release, made, haste, isPinned }: NewDeployment,
): Promise<DeploymentRow> {
  const row = await store.transaction().execute(async (transaction) => {
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

async function findRegistered(
  { store }: DeliverySources,
  { project, runId }: Asker,
  {
    environment,
    planHash,
    release,
  }: { environment: string; planHash: string | undefined; release: KeptRelease },
) {
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
async function nameAsWritten(sources: DeliverySources, project: string, name: string): Promise<string> {
  return (await sources.environmentOf(project, name)).name;
}

function stalePlan(before: MadePlan['plan'], now: MadePlan['plan']): SlipwayError {
  return new SlipwayError('stale-plan', {
    message: `The plan does not fit any more: ${planDifferences(before, now).join(', ')} changed since it was made. Plan again with \`slipway deploy ${now.environment} --release ${now.release.id} --plan\`.`,
  });
}

async function refuseIfForbidden(
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
