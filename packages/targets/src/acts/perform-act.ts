import { setTimeout as delay } from 'node:timers/promises';
import { UnknownArtifact } from '../host/host.ts';
import type { SupervisorClient } from '../supervisor/supervisor-client.ts';
import type { TargetAct, TargetDeployment } from '../target.ts';
import { DefiniteFailure } from './act-failure.ts';
import { type Acting, componentsOf } from './acting.ts';
import { migrate, stopMigration } from './one-offs.ts';
import { place } from './place.ts';
import { scale } from './scale.ts';
import { shift, verify } from './shift.ts';
import { smoke } from './smoke.ts';
import { takeAway } from './take-away.ts';

const lookMs = 100;

/** Does an act, or what is left of it. @returns the weight, for `verify` @throws DefiniteFailure, or anything else for the time being */
export async function performAct(
  { acting, supervisor }: { acting: Acting; supervisor: SupervisorClient },
  { token, task, deployment }: TargetAct,
): Promise<number | undefined> {
  switch (task.kind) {
    case 'resolve':
      await resolve(acting, deployment);
      return undefined;
    case 'migrate':
      await migrate(acting, deployment, token);
      return undefined;
    case 'place':
      await place(acting, deployment, task.instances);
      return undefined;
    case 'smoke': {
      const pause = () => delay(lookMs, undefined, { signal: acting.signal });
      await smoke(acting, deployment, { token, on: task.on, supervisor, pause });
      return undefined;
    }
    case 'shift':
      await shift(acting, deployment, task.weight);
      return undefined;
    case 'verify':
      return verify(acting, deployment);
    case 'scale':
      await scale(acting, deployment, { token, percent: task.percent });
      return undefined;
    case 'retire':
      if (deployment.previous !== null) await takeAway(acting, deployment.previous);
      return undefined;
    case 'remove':
      await takeAway(acting, deployment.revision);
      return undefined;
    case 'stop-migration':
      await stopMigration(acting, deployment, task.migration);
      return undefined;
    default:
      return task satisfies never;
  }
}

/** Gets everything that the deployment runs, so that what can't be had is known before anything changes. */
async function resolve(acting: Acting, deployment: TargetDeployment): Promise<void> {
  try {
    for (const { artifact } of componentsOf(acting, deployment, 'service', 'worker', 'migration')) {
      await acting.host.fetch(artifact);
    }
  } catch (error) {
    if (error instanceof UnknownArtifact) throw new DefiniteFailure(error.message, { cause: error });
    throw error;
  }
}
