import type {
  DeploymentAnswer,
  DeploymentDetail,
  DeploymentEventAnswer,
  RolloutEnvironmentAnswer,
} from '@slipway/contracts/api/delivery';
import { describeStep, describeTask, isEnded, type RolloutState } from '@slipway/delivery';
import type { Store } from '../store/open-store.ts';
import type { Drift } from './controller/look-for-drift.ts';
import { type DeploymentRow, lastCompleted, openDeployments } from './deployments.ts';
import { type Place, readEnvironment } from './rollout-environments.ts';
import type { KeptEvent } from './write-event.ts';

export function deploymentAnswer(row: DeploymentRow): DeploymentAnswer {
  const { id, project, environment, haste, requestedBy, requestedAt, runId, planHash, plan, state } = row;
  return {
    id,
    project,
    environment,
    release: { id: row.releaseId, tag: plan.release.tag, commit: plan.release.commit },
    haste,
    requestedBy,
    requestedAt,
    runId,
    planHash,
    state: state.kind,
    isEnded: isEnded(state),
    step: stepOf(row),
    weight: row.weight,
    waiting: row.waiting,
    cause: causeOf(state),
    startedAt: row.startedAt,
    finishedAt: row.finishedAt,
  };
}

export function deploymentDetail(row: DeploymentRow): DeploymentDetail {
  return { ...deploymentAnswer(row), plan: { ...row.plan } };
}

/** What happened to a deployment after an event that is known, in order. */
export async function readDeploymentEvents(
  store: Store,
  { id, after, limit }: { id: number; after: number; limit: number },
): Promise<DeploymentEventAnswer[]> {
  const rows = await store
    .selectFrom('rollout_event')
    .selectAll()
    .where('deployment_id', '=', id)
    .where('id', '>', after)
    .orderBy('id')
    .limit(limit)
    .execute();
  return rows.map((row) => {
    const { event, ...kept } = JSON.parse(row.event) as KeptEvent;
    return { id: row.id, at: row.at, ...kept, event: event && { ...event } };
  });
}

export async function environmentAnswer(store: Store, place: Place): Promise<RolloutEnvironmentAnswer> {
  const { project, environment } = place;
  const row = await readEnvironment(store, place);
  const last = await lastCompleted(store, place);
  const [active] = (await openDeployments(store, place)).filter(({ state }) => state.kind !== 'queued');
  return {
    project,
    name: environment,
    release: last && {
      id: last.releaseId,
      tag: last.plan.release.tag,
      commit: last.plan.release.commit,
    },
    deploymentId: last?.id ?? null,
    active: active?.id ?? null,
    frozen: row?.frozen ?? null,
    drift: row?.drift == null ? null : (JSON.parse(row.drift) as Drift),
    observedAt: row?.observed_at ?? null,
  };
}

export async function listEnvironments(store: Store, project: string): Promise<RolloutEnvironmentAnswer[]> {
  const rows = await store
    .selectFrom('rollout_environment')
    .select('name')
    .where('project', '=', project)
    .orderBy('name')
    .execute();
  return Promise.all(rows.map(({ name }) => environmentAnswer(store, { project, environment: name })));
}

function stepOf({ state, plan }: DeploymentRow): DeploymentAnswer['step'] {
  const { rollout } = plan;
  const inner = state.kind === 'paused' ? state.resume : state.kind === 'stranded' ? state.work : state;
  const count = rollout.steps.length;
  switch (inner.kind) {
    case 'acting':
    case 'holding':
      return { index: inner.step, count, text: describeStep(rollout, inner.step) };
    case 'reverting':
    case 'stopping':
      return { index: 0, count, text: `going back: ${describeTask(inner.act.task)}` };
    default:
      return null;
  }
}

function causeOf(state: RolloutState): DeploymentAnswer['cause'] {
  if ('cause' in state) return { ...state.cause };
  return state.kind === 'stranded' && 'cause' in state.work ? { ...state.work.cause } : null;
}
