import type { MeasurementOutcome } from '@slipway/delivery';
import { startBackgroundWork } from '../../serve/background-work.ts';
import type { DeliverySources } from '../delivery-sources.ts';
import type { DeploymentRow } from '../deployments.ts';
import { type Place, takeEnvironment } from '../rollout-environments.ts';
import { type DrivenEnvironment, driveEnvironment } from './drive-environment.ts';
import { lookForDrift } from './look-for-drift.ts';

export interface RolloutControllerOptions {
  sources: DeliverySources;
  /** Names this process among those that share the store; another one after each start. */
  owner: string;
  measure: Measure;
  /** How long another process waits before it takes over what this one drove; default 15,000. */
  leaseMs?: number;
  /** How often the store is looked at when nobody gives notice; default 1,000. */
  tickMs?: number;
  /** How often targets are asked what runs; default 60,000. 0: never. */
  driftEveryMs?: number;
  /** How long a target may take to take an act, or to tell what runs; default 30,000. */
  answerMs?: number;
  /** Something did not work and is tried again. */
  onTrouble: (error: unknown) => void;
}

/** Asks a metric provider about a deployment that has traffic. Never throws. */
export type Measure = (question: {
  deployment: DeploymentRow;
  provider: string;
  query: string;
  windowMs: number;
}) => Promise<MeasurementOutcome>;

/** Drives the rollouts of all environments that no other process drives. */
export interface RolloutController {
  /** There may be something to do. */
  wake(): void;
  /** Stops driving; what is under way on targets goes on, and is adopted by whoever comes next. */
  close(): Promise<void>;
}

export interface Controlling extends Required<RolloutControllerOptions> {
  /** Aborted when it has to end. */
  closing: AbortSignal;
}

/** Level-triggered: each tick looks at what the store says and does what is missing. Notices only make it quicker. */
export function startRolloutController(options: RolloutControllerOptions): RolloutController {
  const close = new AbortController();
  const controlling: Controlling = {
    leaseMs: 15_000,
    tickMs: 1_000,
    driftEveryMs: 60_000,
    answerMs: 30_000,
    ...options,
    closing: close.signal,
  };
  const { sources, tickMs, onTrouble } = controlling;
  const driven = new Map<string, DrivenEnvironment>();
  const taking = startBackgroundWork(() => takeEnvironments(controlling, driven), {
    everyMs: tickMs,
    onTrouble,
  });
  // Beside it: a target that is slow to tell what runs keeps no rollout waiting.
  const looking = startBackgroundWork(() => lookForDrift(controlling), { everyMs: tickMs, onTrouble });
  const wake = (): void => {
    taking.wake();
    for (const one of driven.values()) one.wake();
  };
  const unwatch = sources.notices.watch('rollouts', wake);
  return {
    wake,
    async close() {
      close.abort();
      unwatch();
      await Promise.all([taking.close(), looking.close()]);
      await Promise.all([...driven.values()].map((one) => one.close()));
    },
  };
}

async function takeEnvironments(
  controlling: Controlling,
  driven: Map<string, DrivenEnvironment>,
): Promise<void> {
  const { sources, owner, leaseMs } = controlling;
  const { store, now } = sources;
  for (const place of await environmentsToDrive(sources)) {
    const key = `${place.project} ${place.environment}`;
    if (driven.has(key) || controlling.closing.aborted) continue;
    const lease = await takeEnvironment({ store, now: now() }, { ...place, owner, leaseMs });
    if (lease === null) continue;
    const environment = driveEnvironment(controlling, lease);
    driven.set(key, environment);
    void environment.ended.then(() => driven.delete(key));
  }
}

/** Environments with a deployment that has not ended, whoever drives them. */
async function environmentsToDrive({ store }: DeliverySources): Promise<Place[]> {
  return store
    .selectFrom('deployment')
    .select(['project', 'environment'])
    .where('finished_at', 'is', null)
    .distinct()
    .execute();
}
