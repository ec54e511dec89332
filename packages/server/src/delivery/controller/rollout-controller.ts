import type { MeasurementOutcome } from '@slipway/delivery';
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
  isClosed: boolean;
}

/** Level-triggered: each tick looks at what the store says and does what is missing. Notices only make it quicker. */
export function startRolloutController(options: RolloutControllerOptions): RolloutController {
  const controlling: Controlling = {
    leaseMs: 15_000,
    tickMs: 1_000,
    driftEveryMs: 60_000,
    ...options,
    isClosed: false,
  };
  const driven = new Map<string, DrivenEnvironment>();
  let wakeUp = () => {};
  let isDue = false;
  const wake = (): void => {
    isDue = true;
    wakeUp();
    for (const one of driven.values()) one.wake();
  };
  const unwatch = options.sources.notices.watch('rollouts', wake);
  const loop = (async () => {
    while (!controlling.isClosed) {
      isDue = false;
      await takeEnvironments(controlling, driven).catch(options.onTrouble);
      await lookForDrift(controlling).catch(options.onTrouble);
      if (isDue || controlling.isClosed) continue;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, controlling.tickMs);
        wakeUp = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  })();
  return {
    wake,
    async close() {
      controlling.isClosed = true;
      unwatch();
      wakeUp();
      await loop;
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
    if (driven.has(key) || controlling.isClosed) continue;
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
