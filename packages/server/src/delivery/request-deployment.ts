import { SlipwayError } from '@slipway/contracts/errors';
import { type PastDeployment, planDifferences, planUndo, type RolloutState } from '@slipway/delivery';
import { recordAudit } from '../access/audit.ts';
import type { Haste } from '../store/tables/delivery.ts';
import { bundlesOf, useBundles } from './bundles.ts';
import type { DeliverySources } from './delivery-sources.ts';
import {
  type DeploymentRow,
  deploymentOf,
  lastCompleted,
  listDeployments,
  openDeployments,
} from './deployments.ts';
import { keptReleaseOf, type MadePlan, makePlan, requireBundlesOf } from './make-plan.ts';
import { type Asker, findRelease, type KeptRelease } from './releases.ts';
import { ensureEnvironment, type Place, readEnvironment } from './rollout-environments.ts';
import { requireDeployment, sayWord } from './say-word.ts';
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
  const environment = await nameAsWritten(sources, {
    project,
    name: wanted.environment,
    haste: wanted.haste,
  });
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
  const environment = await nameAsWritten(sources, {
    project,
    name: wanted.environment,
    haste: wanted.haste,
  });
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
 * Requests to go back: takes back the rollout that is under way, or deploys the release that completed before. Nothing keeps it.
 * @throws SlipwayError `nothing-to-roll-back` and those of planning
 */
export async function requestRollback(
  sources: DeliverySources,
  asker: Asker,
  { environment: named, to }: WantedRollback,
): Promise<Rollback> {
  const { store, now } = sources;
  const { project, by } = asker;
  const environment = await nameAsWritten(sources, { project, name: named, haste: 'rollback' });
  const wanted = to === undefined ? undefined : await findRelease(store, project, to);
  // Before what is under way is taken back.
  if (wanted) await requireBundlesOf(sources, project, wanted.release);
  const aborted = await abortUnderWay(sources, { project, environment }, by);
  const serving = await lastCompleted(store, { project, environment });
  const isThere = wanted === undefined || Number(wanted.release.id) === serving?.releaseId;
  if (aborted && isThere) return { kind: 'aborted', deployment: aborted };
  const undo = planUndo(await pastDeployments(sources, { project, environment }), wanted?.release.id);
  if (undo.kind === 'impossible') {
    throw new SlipwayError('nothing-to-roll-back', {
      message: `${undo.reason} Deploy a release with \`slipway deploy ${environment} --release …\`.`,
    });
  }
  const { haste } = undo;
  const release = await keptReleaseOf(sources, Number(undo.release.id));
  const request = { project, environment, release, haste, requestedBy: by, requestedAtMs: now() };
  const made = await makePlan(sources, request);
  await refuseIfForbidden(sources, asker, made);
  const wish = { ...asker, environment, release, made, haste, isPinned: false };
  return { kind: 'requested', deployment: await insertDeployment(sources, wish) };
}

export interface WantedRollback {
  environment: string;
  /** Default: what served before. */
  to?: string | undefined;
}

export type Rollback =
  /** What was under way is taken back: what served before it serves on. */
  { kind: 'aborted'; deployment: DeploymentRow } | { kind: 'requested'; deployment: DeploymentRow };

/** Null: nothing is under way, or it is too far to be taken back. */
async function abortUnderWay(
  sources: DeliverySources,
  place: Place,
  by: string,
): Promise<DeploymentRow | null> {
  const open = await openDeployments(sources.store, place);
  const active = open.find(({ state, haste }) => state.kind !== 'queued' && haste !== 'rollback');
  if (!active) return null;
  const { project } = place;
  const word = { word: 'abort', by, reason: 'rolled back by hand' } as const;
  try {
    return await sayWord(sources, { project, id: active.id }, word);
  } catch (error) {
    if (!(error instanceof SlipwayError && /^deployment-/.test(error.code))) throw error;
    const now = await requireDeployment(sources, { project, id: active.id });
    return goesBack(now.state) ? now : null;
  }
}

/** By itself, or since somebody has asked before. */
function goesBack(state: RolloutState): boolean {
  const inner = state.kind === 'stranded' ? state.work : state;
  return ['reverting', 'stopping', 'rolled-back', 'cancelled', 'blocked'].includes(inner.kind);
}

/** The new revision has all traffic, and there is no way for the rollout but to complete. */
function isRetiring(state: RolloutState): boolean {
  const inner = state.kind === 'stranded' ? state.work : state.kind === 'paused' ? state.resume : state;
  return inner.kind === 'acting' && inner.act.task.kind === 'retire';
}

/** What came to an end in an environment, in that order, or can't come to another one. */
async function pastDeployments(
  sources: DeliverySources,
  { project, environment }: Place,
): Promise<PastDeployment[]> {
  const listed = await listDeployments(sources.store, { project, environment, limit: 200 });
  const past: PastDeployment[] = [];
  for (const { releaseId, state } of listed.toSorted(byEnd)) {
    const outcome = isRetiring(state) ? 'completed' : state.kind;
    if (outcome !== 'completed' && outcome !== 'rolled-back' && outcome !== 'blocked') continue;
    const { release } = await keptReleaseOf(sources, releaseId);
    past.push({ release, outcome });
  }
  return past;
}

/** What is under way comes last. */
function byEnd(one: DeploymentRow, other: DeploymentRow): number {
  if (one.finishedAt === null || other.finishedAt === null) {
    return Number(one.finishedAt === null) - Number(other.finishedAt === null);
  }
  return one.finishedAt - other.finishedAt;
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
async function nameAsWritten(
  sources: DeliverySources,
  { project, name, haste }: { project: string; name: string; haste: Haste },
): Promise<string> {
  return (await sources.environmentOf(project, name, haste)).name;
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
