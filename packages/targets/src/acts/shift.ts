import type { EdgeSplit } from '../edge/edge-state.ts';
import type { TargetDeployment } from '../target.ts';
import { DefiniteFailure } from './act-failure.ts';
import type { Acting } from './acting.ts';

/** Gives the revision its share; the rest is for the one before it. */
export async function shift({ edge }: Acting, deployment: TargetDeployment, weight: number): Promise<void> {
  const { revision, previous } = deployment;
  if (weight < 100 && weight > 0 && previous === null) {
    throw new DefiniteFailure(`nothing ran before ${revision} that could have the other ${100 - weight} %`);
  }
  const { revisions } = await edge.report();
  if (previous !== null && weight < 100 && !revisions[previous]) {
    throw new Error(`${previous} is not there to take ${100 - weight} %`);
  }
  await edge.putSplit(splitOf(deployment, weight));
}

function splitOf({ revision, previous }: TargetDeployment, weight: number): EdgeSplit {
  const old: EdgeSplit = previous === null || weight === 100 ? {} : { [previous]: 100 - weight };
  return weight === 0 ? old : { ...old, [revision]: weight };
}

/**
 * The share that is in force, by the word of the edge.
 * @throws when the revision has a share and nothing of it is up: then nobody gets what the weight says
 */
export async function verify({ edge }: Acting, { revision }: TargetDeployment): Promise<number> {
  const found = (await edge.report()).revisions[revision];
  const isDown = found && found.instances.length > 0 && !found.instances.some(({ isUp }) => isUp);
  if (found && found.weight > 0 && isDown) throw new Error(`no instance of ${revision} is up`);
  return found?.weight ?? 0;
}
