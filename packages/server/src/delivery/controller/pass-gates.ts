import { SlipwayError } from '@slipway/contracts/errors';
import { assessGates, type GateAssessment, planDifferences, type RolloutEvent } from '@slipway/delivery';
import { type DeploymentRow, deploymentOf } from '../deployments.ts';
import { keptReleaseOf, makePlan } from '../make-plan.ts';
import { notice } from '../notice.ts';
import { readEnvironment } from '../rollout-environments.ts';
import { wantNotice } from '../want-notice.ts';
import { writeEvent, writeNote } from '../write-event.ts';
import type { DrivingEnvironment } from './drive-environment.ts';

const approvalLookMs = 1_000;
const troubleMs = 5_000;

/**
 * Holds a deployment whose turn has come against things as they are now. A plan that was seen before must still fit; any other is made
 * again, and then approvals are asked for that one.
 * @returns when to look again
 */
export async function passGates(driving: DrivingEnvironment, gated: DeploymentRow): Promise<number> {
  try {
    return await holdAgainstGates(driving, gated);
  } catch (error) {
    if (!(error instanceof SlipwayError)) throw error;
    return sayTrouble(driving, gated, error);
  }
}

/** What time doesn't mend. */
const final = new Set<SlipwayError['code']>(['policy-refused', 'unknown-environment', 'bundle-removed']);

/** Says why it can't be planned or asked about now; what can't be at all ends it. */
async function sayTrouble(
  driving: DrivingEnvironment,
  deployment: DeploymentRow,
  { code, message }: SlipwayError,
): Promise<number> {
  const { now } = driving.sources;
  if (final.has(code)) {
    await end(driving, deployment, { kind: 'gates.refused', atMs: now(), reason: message });
    return now();
  }
  const untilMs = now() + troubleMs;
  await wait(driving, deployment, { kind: 'wait', reason: message, untilMs, ignored: [] });
  return untilMs;
}

async function holdAgainstGates(driving: DrivingEnvironment, gated: DeploymentRow): Promise<number> {
  const { checked, sources } = driving;
  const { now } = sources;
  const deployment = checked.has(gated.id) ? gated : await planAgain(driving, gated);
  if (deployment === null) return now();
  checked.add(deployment.id);
  const assessment = await assess(driving, deployment);
  switch (assessment.kind) {
    case 'refuse':
      await end(driving, deployment, { kind: 'gates.refused', atMs: now(), reason: assessment.reason });
      return now();
    case 'wait':
      await wait(driving, deployment, assessment);
      return Math.min(assessment.untilMs ?? Number.POSITIVE_INFINITY, now() + approvalLookMs);
    case 'pass':
      return start(driving, deployment);
    default:
      return assessment satisfies never;
  }
}

async function assess({ sources }: DrivingEnvironment, deployment: DeploymentRow): Promise<GateAssessment> {
  const { store, approvals, now } = sources;
  const { plan, planHash, requestedBy } = deployment;
  const row = await readEnvironment(store, deployment);
  const isAsked = plan.protection.reviewers.length > 0 && plan.rollout.haste !== 'rollback';
  return assessGates({
    plan,
    planHash,
    requestedBy,
    approvals: isAsked ? await approvals.find(deployment) : [],
    frozen: row?.frozen?.replace(/\.$/, '') ?? null,
    nowMs: now(),
  });
}

/** What was true when a person looked may not be true any more: the last look comes right before the start. */
async function start(driving: DrivingEnvironment, deployment: DeploymentRow): Promise<number> {
  const { now } = driving.sources;
  const planned = await planAgain(driving, deployment);
  if (planned !== null && planned.planHash === deployment.planHash) {
    await end(driving, deployment, { kind: 'gates.passed', atMs: now() });
  }
  return now();
}

/** @returns the deployment with the plan as it is made now; null: it is refused */
async function planAgain(
  driving: DrivingEnvironment,
  deployment: DeploymentRow,
): Promise<DeploymentRow | null> {
  const { sources, lease } = driving;
  const { store, now } = sources;
  const { project, environment, haste, plan: before, isPinned, id } = deployment;
  const { plan, planHash } = await makePlan(sources, {
    project,
    environment,
    release: await keptReleaseOf(sources, deployment.releaseId),
    haste,
    requestedBy: before.requestedBy,
    requestedAtMs: before.requestedAtMs,
  });
  if (planHash === deployment.planHash) return deployment;
  const changed = `${planDifferences(before, plan).join(', ')} changed since it was planned`;
  if (isPinned) {
    const reason = `The plan does not fit any more: ${changed}; plan it again.`;
    await writeEvent(sources, { id, event: { kind: 'gates.refused', atMs: now(), reason }, lease });
    return null;
  }
  await store.transaction().execute(async (transaction) => {
    const row = await transaction
      .updateTable('deployment')
      .set({
        plan: JSON.stringify(plan),
        plan_hash: planHash,
        version: deployment.version + 1,
        // What it waited for was said of the other plan: people are told anew.
        waiting: null,
      })
      .where(({ and }) => and({ id, version: deployment.version }))
      .returningAll()
      .executeTakeFirst();
    if (row) {
      await writeNote(transaction, deploymentOf(row), { lines: [`Planned again: ${changed}.`], atMs: now() });
    }
  });
  const row = await store.selectFrom('deployment').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
  return deploymentOf(row);
}

async function end(
  { sources, lease, checked }: DrivingEnvironment,
  deployment: DeploymentRow,
  event: RolloutEvent,
): Promise<void> {
  await writeEvent(sources, { id: deployment.id, event, lease });
  checked.delete(deployment.id);
}

/** Says once why it waits, asks whose word is needed, and tells people. */
async function wait(
  { sources }: DrivingEnvironment,
  deployment: DeploymentRow,
  { reason, untilMs }: Extract<GateAssessment, { kind: 'wait' }>,
): Promise<void> {
  const { store, approvals, now, notices } = sources;
  const needsPerson = untilMs === null;
  if (needsPerson) await approvals.request(deployment);
  if (deployment.waiting === reason) return;
  await store.transaction().execute(async (transaction) => {
    const row = await transaction
      .updateTable('deployment')
      .set({ waiting: reason })
      .where(({ and }) => and({ id: deployment.id, state_kind: 'gated' }))
      .returning('id')
      .executeTakeFirst();
    if (!row) return;
    await writeNote(transaction, deployment, { lines: [reason], atMs: now() });
    if (needsPerson) {
      await wantNotice({ store: transaction, now: now() }, notice(deployment, 'waiting', reason, now()));
    }
  });
  notices.notify(`deployment:${deployment.id}`);
}
