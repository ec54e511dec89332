import { SlipwayError } from '@slipway/contracts/errors';
import { isEnded, type RolloutEvent } from '@slipway/delivery';
import { recordAudit } from '../access/audit.ts';
import type { DeliverySources } from './delivery-sources.ts';
import { type DeploymentRow, findDeployment } from './deployments.ts';
import { type Place, readEnvironment, unfreezeEnvironment } from './rollout-environments.ts';
import { writeEvent } from './write-event.ts';

/** What people say to a rollout that is under way. */
export type Word = 'pause' | 'resume' | 'promote' | 'abort';

/**
 * Writes a person's word down; whoever drives the rollout acts by it at once.
 * @throws SlipwayError `unknown-deployment`, `deployment-ended`, `deployment-not-there`
 */
export async function sayWord(
  sources: DeliverySources,
  { project, id }: { project: string; id: number },
  { word, by, reason }: { word: Word; by: string; reason: string | undefined },
): Promise<DeploymentRow> {
  const { store, now } = sources;
  const before = await requireDeployment(sources, { project, id });
  if (isEnded(before.state)) {
    throw new SlipwayError('deployment-ended', {
      message: `Deployment ${id} has ended already: ${before.state.kind}.`,
    });
  }
  const after = await writeEvent(sources, { id, event: eventOf(word, { by, reason, atMs: now() }) });
  if (after === null) {
    throw new SlipwayError('deployment-not-there', { message: refusalOf(word, before) });
  }
  await recordAudit(store, {
    at: now(),
    actor: by,
    action: `deployment.${word}`,
    project,
    subject: `environment ${after.environment}`,
    outcome: 'done',
    detail: { deployment: id, ...(reason !== undefined && { reason }) },
  });
  return after;
}

/** @throws SlipwayError `unknown-deployment` */
export async function requireDeployment(
  { store }: DeliverySources,
  { project, id }: { project: string; id: number },
): Promise<DeploymentRow> {
  const found = await findDeployment(store, id);
  if (found?.project === project) return found;
  throw new SlipwayError('unknown-deployment', {
    message: `There is no deployment ${id}. \`slipway deployments\` lists them.`,
  });
}

/**
 * A person has looked into what stranded: deployments may go on.
 * @throws SlipwayError `unknown-environment`, `not-frozen`
 */
export async function clearFreeze(
  { store, now }: DeliverySources,
  { project, environment }: Place,
  { by, reason }: { by: string; reason: string },
): Promise<void> {
  const row = await readEnvironment(store, { project, environment });
  if (row === null) {
    throw new SlipwayError('unknown-environment', {
      message: `Nothing was ever deployed to “${environment}”.`,
      field: 'environment',
    });
  }
  if (!(await unfreezeEnvironment(store, { project, environment }))) throw new SlipwayError('not-frozen');
  await recordAudit(store, {
    at: now(),
    actor: by,
    action: 'environment.unfrozen',
    project,
    subject: `environment ${environment}`,
    outcome: 'done',
    detail: { reason, was: row.frozen },
  });
}

function eventOf(
  word: Word,
  { by, reason, atMs }: { by: string; reason: string | undefined; atMs: number },
): RolloutEvent {
  const why = reason ?? 'no reason was given';
  switch (word) {
    case 'pause':
      return { kind: 'rollout.paused', atMs, by, reason: why };
    case 'resume':
      return { kind: 'rollout.resumed', atMs };
    case 'promote':
      return { kind: 'rollout.promoted', atMs, by };
    case 'abort':
      return { kind: 'rollout.aborted', atMs, by, reason: why };
    default:
      return word satisfies never;
  }
}

function refusalOf(word: Word, { id, state, environment }: DeploymentRow): string {
  const here = `Deployment ${id} is ${state.kind}`;
  switch (word) {
    case 'pause':
      return `${here}: only one that is acting or holding can be paused.`;
    case 'resume':
      return `${here}: only one that is paused can be resumed.`;
    case 'promote':
      return `${here}: a promotion ends a step that waits for it, or a hold that is in doubt after its time. It doesn't shorten a hold, nor a freeze.`;
    case 'abort':
      return `${here} and can't be aborted any more: go back with \`slipway rollback ${environment}\` when it has ended.`;
    default:
      return word satisfies never;
  }
}
