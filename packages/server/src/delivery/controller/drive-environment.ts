import { assessTurn, nextActions, type RolloutEvent } from '@slipway/delivery';
import { type DeploymentRow, findDeployment, openDeployments } from '../deployments.ts';
import {
  type EnvironmentLease,
  EnvironmentLostError,
  giveUpEnvironment,
  renewEnvironment,
} from '../rollout-environments.ts';
import { writeEvent } from '../write-event.ts';
import { performAction } from './perform-action.ts';
import type { Controlling } from './rollout-controller.ts';

/** The rollouts of an environment, driven by this process for as long as it has the lease. */
export interface DrivenEnvironment {
  wake(): void;
  /** When nothing is left to drive, or the lease is lost. Never rejects. */
  ended: Promise<void>;
  close(): Promise<void>;
}

/** What a driver has in hand. It is lost with the process: all that counts is in the store. */
export interface DrivingEnvironment extends Controlling {
  lease: EnvironmentLease;
  /** Questions to metric providers that have no answer yet, by deployment and metric. */
  asked: Set<string>;
  /** Gated deployments whose plan was held against things as they are now. */
  checked: Set<number>;
  wake: () => void;
}

export function driveEnvironment(controlling: Controlling, lease: EnvironmentLease): DrivenEnvironment {
  const { sources, onTrouble, closing } = controlling;
  let isClosed = false;
  let isDue = false;
  let wakeUp = () => {};
  const wake = (): void => {
    isDue = true;
    wakeUp();
  };
  const driving: DrivingEnvironment = {
    ...controlling,
    lease,
    asked: new Set(),
    checked: new Set(),
    wake,
  };
  // Also while a plan or a checkout takes its time.
  const renewal = setInterval(() => {
    renewEnvironment({ store: sources.store, now: sources.now() }, lease).catch((error: unknown) => {
      if (error instanceof EnvironmentLostError) isClosed = true;
      else onTrouble(error);
    });
  }, lease.leaseMs / 3);
  const loop = async (): Promise<void> => {
    while (!isClosed && !closing.aborted) {
      isDue = false;
      const nextMs = await look(driving);
      if (nextMs === null) break;
      const pauseMs = Math.min(nextMs - sources.now(), controlling.tickMs);
      if (isDue || isClosed || pauseMs <= 0) continue;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, pauseMs);
        wakeUp = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    await giveUpEnvironment(sources.store, lease);
  };
  const ended = loop()
    .catch((error: unknown) => {
      if (!(error instanceof EnvironmentLostError)) onTrouble(error);
    })
    .finally(() => clearInterval(renewal));
  return {
    wake,
    ended,
    close() {
      isClosed = true;
      wake();
      return ended;
    },
  };
}

/** One look at everything that is open. @returns when to look again at the latest; null: nothing is open */
async function look(driving: DrivingEnvironment): Promise<number | null> {
  const { sources, lease, onTrouble } = driving;
  const { store, now } = sources;
  try {
    await renewEnvironment({ store, now: now() }, lease);
    const open = await openDeployments(store, lease);
    if (open.length === 0) return null;
    let nextMs = (await takeTurns(driving, open)) ? now() : Number.POSITIVE_INFINITY;
    for (const { id } of open) nextMs = Math.min(nextMs, await advance(driving, id));
    return nextMs;
  } catch (error) {
    if (error instanceof EnvironmentLostError) throw error;
    onTrouble(error);
    return now() + driving.tickMs;
  }
}

/** @returns whether anything changed */
async function takeTurns(
  { sources, lease }: DrivingEnvironment,
  open: readonly DeploymentRow[],
): Promise<boolean> {
  const contenders = open.map(({ id, plan, haste, state }) => ({
    id: String(id),
    ordinal: plan.release.ordinal,
    haste,
    state,
  }));
  const turn = assessTurn(contenders);
  const atMs = sources.now();
  const events: [id: string, event: RolloutEvent][] = [
    ...turn.refused.map(({ id, newer }): [string, RolloutEvent] => [
      id,
      { kind: 'gates.refused', atMs, reason: `Deployment ${newer}, of a newer commit, is under way.` },
    ]),
    ...turn.superseded.map(({ id, by }): [string, RolloutEvent] => [
      id,
      { kind: 'rollout.superseded', atMs, by: `deployment ${by}` },
    ]),
    ...(turn.admitted === null
      ? []
      : [[turn.admitted, { kind: 'rollout.admitted', atMs }] satisfies [string, RolloutEvent]]),
  ];
  let isChanged = false;
  for (const [id, event] of events) {
    if ((await writeEvent(sources, { id: Number(id), event, lease })) !== null) isChanged = true;
  }
  return isChanged;
}

/** Does what is to be done now for one deployment. @returns when to look again */
async function advance(driving: DrivingEnvironment, id: number): Promise<number> {
  const { sources } = driving;
  const deployment = await findDeployment(sources.store, id);
  if (!deployment) return Number.POSITIVE_INFINITY;
  const { plan, state } = deployment;
  let nextMs = Number.POSITIVE_INFINITY;
  for (const action of nextActions(plan.rollout, state, sources.now())) {
    nextMs = Math.min(nextMs, await performAction(driving, deployment, action));
  }
  return nextMs;
}
