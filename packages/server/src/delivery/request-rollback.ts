import { SlipwayError } from '@slipway/contracts/errors';
import { type PastDeployment, planUndo, type RolloutState, type Undo } from '@slipway/delivery';
import type { DeliverySources } from './delivery-sources.ts';
import { type DeploymentRow, lastCompleted, listDeployments, openDeployments } from './deployments.ts';
import { keptReleaseOf, makePlan, requireBundlesOf } from './make-plan.ts';
import { nameAsWritten } from './register-plan.ts';
import { type Asker, findRelease, type KeptRelease } from './releases.ts';
import { insertDeployment, refuseIfForbidden } from './request-deployment.ts';
import type { Place } from './rollout-environments.ts';
import { requireDeployment, sayWord } from './say-word.ts';

export interface WantedRollback {
  environment: string;
  /** Default: what served before. */
  to?: string | undefined;
}

export type Rollback =
  /** What was under way is taken back: what served before it serves on. */
  { kind: 'aborted'; deployment: DeploymentRow } | { kind: 'requested'; deployment: DeploymentRow };

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
  const place = { project, environment };
  const wanted = to === undefined ? undefined : await findRelease(store, project, to);
  // Before what is under way is taken back.
  if (wanted) await requireWayTo(sources, place, wanted);
  const aborted = await abortUnderWay(sources, place, by);
  const isThere = wanted === undefined || (await serves(sources, place, wanted));
  if (aborted && isThere) return { kind: 'aborted', deployment: aborted };
  const undo = await wayBack(sources, place, wanted);
  const { haste } = undo;
  const release = await keptReleaseOf(sources, Number(undo.release.id));
  const made = await makePlan(sources, { ...place, release, haste, requestedBy: by, requestedAtMs: now() });
  await refuseIfForbidden(sources, asker, made);
  const wish = { ...asker, environment, release, made, haste, isPinned: false };
  return { kind: 'requested', deployment: await insertDeployment(sources, wish) };
}

/** @throws SlipwayError `bundle-removed`, `nothing-to-roll-back` */
async function requireWayTo(sources: DeliverySources, place: Place, wanted: KeptRelease): Promise<void> {
  await requireBundlesOf(sources, place.project, wanted.release);
  if (!(await serves(sources, place, wanted))) await wayBack(sources, place, wanted);
}

async function serves({ store }: DeliverySources, place: Place, { row }: KeptRelease): Promise<boolean> {
  return (await lastCompleted(store, place))?.releaseId === row.id;
}

/** @throws SlipwayError `nothing-to-roll-back` */
async function wayBack(
  sources: DeliverySources,
  place: Place,
  wanted: KeptRelease | undefined,
): Promise<Extract<Undo, { kind: 'deploy' }>> {
  const undo = planUndo(await pastDeployments(sources, place), wanted?.release.id);
  if (undo.kind === 'deploy') return undo;
  throw new SlipwayError('nothing-to-roll-back', {
    message: `${undo.reason} Deploy a release with \`slipway deploy ${place.environment} --release …\`.`,
  });
}

/** Null: nothing is under way, or it is too far to be taken back. What still waits to be let in has changed nothing yet. */
async function abortUnderWay(
  sources: DeliverySources,
  place: Place,
  by: string,
): Promise<DeploymentRow | null> {
  const open = await openDeployments(sources.store, place);
  const active = open.find(
    ({ state, haste }) => state.kind !== 'queued' && state.kind !== 'gated' && haste !== 'rollback',
  );
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

/** The new revision has all traffic, and there is no way for the rollout but to complete. */
function isRetiring(state: RolloutState): boolean {
  const inner = state.kind === 'stranded' ? state.work : state.kind === 'paused' ? state.resume : state;
  return inner.kind === 'acting' && inner.act.task.kind === 'retire';
}

/** What is under way comes last. */
function byEnd(one: DeploymentRow, other: DeploymentRow): number {
  if (one.finishedAt === null || other.finishedAt === null) {
    return Number(one.finishedAt === null) - Number(other.finishedAt === null);
  }
  return one.finishedAt - other.finishedAt;
}
