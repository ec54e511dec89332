import type { Act, ActTask, MetricRule, RolloutAction, RolloutEvent, RolloutState } from '@slipway/delivery';
import type { ActOutcome, TargetDeployment } from '@slipway/targets';
import { type DeploymentRow, lastCompleted, revisionOf } from '../deployments.ts';
import { hideSecrets } from '../hide-secrets.ts';
import { writeEvent } from '../write-event.ts';
import { answerWithin } from './answer-within.ts';
import type { DrivingEnvironment } from './drive-environment.ts';
import { passGates } from './pass-gates.ts';

/** How long an act is waited for before everything else is looked at again. */
const settleMs = 500;
const restMs = 2_000;

/** Carries out what the rollout machine wants. @returns when to look again */
export async function performAction(
  driving: DrivingEnvironment,
  deployment: DeploymentRow,
  action: RolloutAction,
): Promise<number> {
  const { now } = driving.sources;
  switch (action.kind) {
    case 'await-turn':
      return Number.POSITIVE_INFINITY;
    case 'assess-gates':
      return passGates(driving, deployment);
    case 'begin':
      return begin(driving, deployment, action.act);
    case 'adopt':
      return adopt(driving, deployment, action.act);
    case 'measure':
      return measure(driving, deployment, action.metric);
    case 'advance':
      await write(driving, deployment, { kind: 'time.passed', atMs: now() });
      return now();
    case 'raise-alarm':
      await write(driving, deployment, { kind: 'alarm.raised', atMs: now() });
      return now();
    case 'wait':
      return action.untilMs ?? Number.POSITIVE_INFINITY;
    default:
      return action satisfies never;
  }
}

/** The intent is written before the act begins: a crash in between is found out by asking the target. */
async function begin(driving: DrivingEnvironment, deployment: DeploymentRow, act: Act): Promise<number> {
  const { sources, onTrouble, answerMs, closing } = driving;
  const { now } = sources;
  const begun = await write(driving, deployment, { kind: 'act.begun', atMs: now(), act: act.id });
  if (begun === null) return now();
  try {
    const target = await openTarget(driving, deployment);
    const wanted = {
      token: tokenOf(deployment, act.id),
      task: taskOf(deployment, act.task),
      deployment: await targetDeployment(driving, deployment),
    };
    await answerWithin(target.begin(wanted), { limitMs: answerMs, signal: closing });
  } catch (error) {
    // Whoever comes next asks whether it has begun.
    if (closing.aborted) return now();
    // It has not begun, and is tried again by the machine's own back-off, which calls people in the end.
    onTrouble(error);
    const reason = `the target could not be told to begin: ${messageOf(error)}`;
    await write(driving, deployment, {
      kind: 'act.failed',
      atMs: now(),
      act: act.id,
      fault: 'transient',
      reason,
    });
  }
  return now();
}

async function adopt(driving: DrivingEnvironment, deployment: DeploymentRow, act: Act): Promise<number> {
  const { sources, onTrouble, answerMs, closing } = driving;
  const { now } = sources;
  let outcome: ActOutcome;
  try {
    const target = await openTarget(driving, deployment);
    const token = tokenOf(deployment, act.id);
    const patience = { limitMs: settleMs + answerMs, signal: closing };
    outcome = await answerWithin(target.settled(token, settleMs), patience);
  } catch (error) {
    if (closing.aborted) return now() + restMs;
    // It says nothing of the act; its deadline goes on.
    onTrouble(error);
    await write(driving, deployment, {
      kind: 'act.silent',
      atMs: now(),
      act: act.id,
      reason: messageOf(error),
    });
    return now() + restMs;
  }
  const event = eventOf(await toldOf(driving, deployment, outcome), act, now());
  if (event === null) return now();
  await write(driving, deployment, event);
  return now();
}

/** The outcome as people may be told of it: a reason holds what was printed. */
async function toldOf(
  { sources }: DrivingEnvironment,
  { project, environment }: DeploymentRow,
  outcome: ActOutcome,
): Promise<ActOutcome> {
  if (outcome.kind !== 'failed') return outcome;
  return { ...outcome, reason: hideSecrets(outcome.reason, await sources.secretsOf(project, environment)) };
}

function eventOf(outcome: ActOutcome, { id: act }: Act, atMs: number): RolloutEvent | null {
  switch (outcome.kind) {
    case 'unknown':
      return { kind: 'act.missing', atMs, act };
    case 'running':
      return null;
    case 'succeeded':
      return {
        kind: 'act.succeeded',
        atMs,
        act,
        ...(outcome.weight !== undefined && { weight: outcome.weight }),
      };
    case 'failed':
      return { kind: 'act.failed', atMs, act, fault: outcome.fault, reason: outcome.reason };
    default:
      return outcome satisfies never;
  }
}

/** Asked beside everything else, so that a provider that is slow to answer holds nothing up. */
function measure(driving: DrivingEnvironment, deployment: DeploymentRow, metric: string): number {
  const { sources, asked, wake, onTrouble } = driving;
  const rule = deployment.plan.rollout.analysis?.metrics.find(({ name }) => name === metric);
  const key = `${deployment.id} ${metric}`;
  const hold = holdOf(deployment.state);
  if (!rule || !hold || asked.has(key)) return Number.POSITIVE_INFINITY;
  asked.add(key);
  void askProvider(driving, deployment, { rule, hold })
    .catch(onTrouble)
    .finally(() => {
      asked.delete(key);
      wake();
    });
  return sources.now() + rule.intervalMs;
}

interface Hold {
  step: number;
  sinceMs: number;
}

/** What is said of one hold says nothing of the next. */
async function askProvider(
  driving: DrivingEnvironment,
  deployment: DeploymentRow,
  { rule, hold }: { rule: MetricRule; hold: Hold },
): Promise<void> {
  const { sources, lease, measure: ask } = driving;
  const { provider, query, intervalMs, name } = rule;
  const windowMs = Math.max(1_000, Math.min(intervalMs, sources.now() - hold.sinceMs));
  const outcome = await ask({ deployment, provider, query, windowMs });
  const atMs = sources.now();
  await writeEvent(sources, {
    id: deployment.id,
    event: { kind: 'metric.measured', atMs, measurement: { metric: name, atMs, outcome } },
    lease,
    when: (state) => holdOf(state)?.step === hold.step,
  });
}

function holdOf(state: RolloutState): Hold | undefined {
  const inner = state.kind === 'paused' ? state.resume : state;
  return inner.kind === 'holding' ? inner : undefined;
}

function write(
  { sources, lease }: DrivingEnvironment,
  { id }: DeploymentRow,
  event: RolloutEvent,
): Promise<DeploymentRow | null> {
  return writeEvent(sources, { id, event, lease });
}

function openTarget({ sources }: DrivingEnvironment, { project, environment, plan }: DeploymentRow) {
  return sources.targets.open({ project, environment, target: plan.placement.target });
}

async function targetDeployment(
  { sources }: DrivingEnvironment,
  deployment: DeploymentRow,
): Promise<TargetDeployment> {
  const { project, environment, plan } = deployment;
  const previous = await lastCompleted(sources.store, deployment);
  const { placement, release, rollout } = plan;
  const { id, commit, tag } = release;
  const needsSources = placement.smoke !== null;
  return {
    revision: revisionOf(deployment),
    previous: previous && revisionOf(previous),
    release: { id, commit, tag },
    placement,
    limits: rollout.limits,
    variables: await sources.variablesOf(project, environment),
    sources: needsSources
      ? await sources.targets.sourcesOf(await sources.repositoryOf(project), commit)
      : null,
  };
}

/** The target's client token: the same act of the same deployment is never done twice. */
export function tokenOf({ id }: { id: number }, act: string): string {
  return `${id}.${act}`;
}

function taskOf(deployment: DeploymentRow, task: ActTask): ActTask {
  return task.kind === 'stop-migration' ? { ...task, migration: tokenOf(deployment, task.migration) } : task;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
