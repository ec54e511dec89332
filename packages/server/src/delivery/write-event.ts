import { isEnded, narrate, type RolloutEvent, type RolloutState, transition } from '@slipway/delivery';
import type { Store } from '../store/open-store.ts';
import type { DeploymentTable } from '../store/tables/delivery.ts';
import type { DeliverySources } from './delivery-sources.ts';
import { type DeploymentRow, deploymentOf } from './deployments.ts';
import { noticeOf } from './notice.ts';
import { type EnvironmentLease, freezeEnvironment, renewEnvironment } from './rollout-environments.ts';
import { wantNotice } from './want-notice.ts';

/** As `rollout_event` keeps it. */
export interface KeptEvent {
  /** Of the rollout's event, or `note`. */
  kind: string;
  lines: string[];
  /** `kind` of the rollout's state after it. */
  state: RolloutState['kind'];
  weight: number | null;
  event: RolloutEvent | null;
}

export interface EventWrite {
  id: number;
  event: RolloutEvent;
  /** Of a driver: it must still have the environment. */
  lease?: EnvironmentLease;
  /** What the state must still be for the event to make sense; default: anything. */
  when?: (state: RolloutState) => boolean;
}

/**
 * Tells a rollout of an event. State, history and what people are told of it are one write; whoever else wrote at the same time is not
 * written over.
 * @returns the deployment after it; null: the event changed nothing, and nothing was written
 * @throws EnvironmentLostError
 */
export async function writeEvent(
  { store, notices, now, approvals }: DeliverySources,
  write: EventWrite,
): Promise<DeploymentRow | null> {
  for (;;) {
    const result = await store.transaction().execute((transaction) => tryWrite(transaction, write, now()));
    if (result === 'again') continue;
    if (result !== null) {
      notices.notify(`deployment:${write.id}`);
      notices.notify('rollouts');
      if (leavesGates.has(write.event.kind)) await approvals.withdraw(result);
    }
    return result;
  }
}

/** Events after which nobody needs to decide any more. */
const leavesGates = new Set<RolloutEvent['kind']>([
  'gates.passed',
  'gates.refused',
  'rollout.aborted',
  'rollout.superseded',
]);

async function tryWrite(
  store: Store,
  { id, event, lease, when = () => true }: EventWrite,
  now: number,
): Promise<DeploymentRow | null | 'again'> {
  if (lease) await renewEnvironment({ store, now }, lease);
  const before = deploymentOf(
    await store.selectFrom('deployment').selectAll().where('id', '=', id).executeTakeFirstOrThrow(),
  );
  if (!when(before.state)) return null;
  const { rollout } = before.plan;
  const state = transition(rollout, before.state, event);
  if (state === before.state) return null;
  const row = await store
    .updateTable('deployment')
    .set({ ...changeOf(before, state, event), version: before.version + 1 })
    .where(({ and }) => and({ id, version: before.version }))
    .returningAll()
    .executeTakeFirst();
  if (!row) return 'again';
  const after = deploymentOf(row);
  const lines = narrate(rollout, { before: before.state, event, after: state });
  await insertEvent(store, { deployment: after, atMs: event.atMs, lines, event });
  if (state.kind === 'stranded') {
    await freezeEnvironment({ store, now }, after, `deployment ${id} is stranded: ${state.reason}.`);
  }
  const notice = noticeOf(before.state, event, after);
  if (notice) await wantNotice({ store, now }, notice);
  return after;
}

/** Something that people should know of a deployment, and that is no event of its rollout. */
export async function writeNote(
  store: Store,
  deployment: DeploymentRow,
  { lines, atMs }: { lines: string[]; atMs: number },
): Promise<void> {
  await insertEvent(store, { deployment, atMs, lines, event: null });
}

interface NewEvent {
  deployment: DeploymentRow;
  atMs: number;
  lines: string[];
  event: RolloutEvent | null;
}

/**
 * Who follows asks for what has a larger id than the last one that came. So those of one deployment have to be committed in the order of
 * their ids, which they are: whoever writes one has written the deployment's row before, in the same transaction, and others wait for that.
 */
async function insertEvent(
  store: Store,
  { deployment: { id, state, weight }, atMs, lines, event }: NewEvent,
): Promise<void> {
  const kept: KeptEvent = { kind: event?.kind ?? 'note', lines, state: state.kind, weight, event };
  await store
    .insertInto('rollout_event')
    .values({ deployment_id: id, at: atMs, event: JSON.stringify(kept) })
    .execute();
}

function changeOf(
  before: DeploymentRow,
  state: RolloutState,
  event: RolloutEvent,
): Partial<
  Pick<DeploymentTable, 'state' | 'state_kind' | 'weight' | 'waiting' | 'started_at' | 'finished_at'>
> {
  return {
    state: JSON.stringify(state),
    state_kind: state.kind,
    ...(state.kind !== before.state.kind && { waiting: null }),
    ...(event.kind === 'act.succeeded' && event.weight !== undefined && { weight: event.weight }),
    ...(event.kind === 'gates.passed' && { started_at: event.atMs }),
    ...(isEnded(state) && { finished_at: event.atMs }),
  };
}
