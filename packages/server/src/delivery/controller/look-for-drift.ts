import { instancesOf, type PlacedComponent } from '@slipway/delivery';
import type { RunningState } from '@slipway/targets';
import { type DeploymentRow, lastCompleted, openDeployments, revisionOf } from '../deployments.ts';
import { type Place, readEnvironment } from '../rollout-environments.ts';
import { wantNotice } from '../want-notice.ts';
import { answerWithin } from './answer-within.ts';
import type { Controlling } from './rollout-controller.ts';

/** What runs and is not what was deployed. */
export interface Drift {
  /** Sentences, one for each difference. */
  findings: string[];
  seenAt: number;
}

const mostAtOnce = 20;

/** Asks the targets of quiet environments what runs, each from time to time, and tells people of what should not be so. */
export async function lookForDrift(controlling: Controlling): Promise<void> {
  const { sources, driftEveryMs, onTrouble } = controlling;
  const { store, now } = sources;
  if (driftEveryMs === 0) return;
  const due = await store
    .selectFrom('rollout_environment')
    .select(['project', 'name'])
    .where(({ or, eb }) => or([eb('observed_at', 'is', null), eb('observed_at', '<', now() - driftEveryMs)]))
    .limit(mostAtOnce)
    .execute();
  await Promise.all(
    due.map(({ project, name }) => observe(controlling, { project, environment: name }).catch(onTrouble)),
  );
}

async function observe(controlling: Controlling, place: Place): Promise<void> {
  const { sources, driftEveryMs, closing } = controlling;
  const { store, now } = sources;
  const { project, environment } = place;
  // Whoever sets the time does the looking.
  const taken = await store
    .updateTable('rollout_environment')
    .set({ observed_at: now() })
    .where(({ and }) => and({ project, name: environment }))
    .where(({ or, eb }) => or([eb('observed_at', 'is', null), eb('observed_at', '<', now() - driftEveryMs)]))
    .returning('name')
    .executeTakeFirst();
  if (!taken) return;
  const last = await lastCompleted(store, place);
  if (last === null || (await openDeployments(store, place)).length > 0) return;
  const running = await tellRunning(controlling, last).catch((cause: Error) => {
    if (closing.aborted) return null;
    throw new Error(`the target of ${environment} could not say what runs: ${cause.message}`, { cause });
  });
  if (running === null) return;
  const findings = driftOf(last, running);
  // Meanwhile a deployment may have begun: then this says nothing.
  if ((await openDeployments(store, place)).length > 0) return;
  await keepDrift(sources, place, { last, findings });
}

async function tellRunning(
  { sources, answerMs, closing }: Controlling,
  { project, environment, plan }: DeploymentRow,
): Promise<RunningState> {
  const target = await sources.targets.open({ project, environment, target: plan.placement.target });
  return answerWithin(target.observe(), { limitMs: answerMs, signal: closing });
}

/** Holds what a target says against what completed last. Pure. */
export function driftOf(last: DeploymentRow, running: RunningState): string[] {
  const revision = revisionOf(last);
  const deployed = running.revisions.find((one) => one.revision === revision);
  if (!deployed) return [`Revision ${revision} of release ${last.plan.release.tag} does not run.`];
  const others = running.revisions.filter((one) => one !== deployed);
  return [
    ...(deployed.weight === 100 || !hasService(last)
      ? []
      : [`${revision} has ${deployed.weight} % of the traffic and not 100 %.`]),
    ...others.map((one) => `${one.revision}, which should not run, has ${one.weight} % of the traffic.`),
    ...Object.entries(last.plan.placement.components)
      .filter(([, { role }]) => role !== 'migration')
      .flatMap(([name, planned]) => componentDrift(name, planned, deployed.components[name])),
  ];
}

function hasService({ plan }: DeploymentRow): boolean {
  return Object.values(plan.placement.components).some(({ role }) => role === 'service');
}

function componentDrift(
  name: string,
  planned: PlacedComponent,
  component: RunningState['revisions'][number]['components'][string] | undefined,
): string[] {
  const { digest } = planned.artifact;
  const wanted = instancesOf(planned);
  if (!component || component.digest === null) return [`${name} does not run.`];
  if (component.digest !== digest) return [`${name} runs ${component.digest} and not ${digest}.`];
  if (component.ready >= wanted) return [];
  return [`${name} has ${component.ready} healthy instances of ${wanted}.`];
}

async function keepDrift(
  { store, now }: Controlling['sources'],
  place: Place,
  { last, findings }: { last: DeploymentRow; findings: string[] },
): Promise<void> {
  const before = (await readEnvironment(store, place))?.drift;
  const known = before == null ? [] : (JSON.parse(before) as Drift).findings;
  if (JSON.stringify(known) === JSON.stringify(findings)) return;
  const drift: Drift | null = findings.length === 0 ? null : { findings, seenAt: now() };
  await store.transaction().execute(async (transaction) => {
    await transaction
      .updateTable('rollout_environment')
      .set({ drift: drift && JSON.stringify(drift) })
      .where(({ and }) => and({ project: place.project, name: place.environment }))
      .execute();
    if (drift === null) return;
    const { id, tag, commit } = last.plan.release;
    await wantNotice(
      { store: transaction, now: now() },
      {
        topic: 'drift',
        ...place,
        deploymentId: null,
        release: { id, tag, commit },
        by: null,
        text: findings.join(' '),
        atMs: now(),
      },
    );
  });
}
