import type { Instances } from '../../strategy/rolling-batches.ts';
import { isEnded } from '../rollout-state.ts';
import { instancesIn } from './plans.ts';
import type { Simulation } from './simulate.ts';

/** Throws if a rollout ended otherwise than the world it met allows. */
export function compare({ plan, world, result, mood, reasons }: Simulation): void {
  if (world.violations.length > 0) throw new Error(world.violations.join('; '));
  const end = result.state;
  const demand = (truth: boolean, what: string): void => {
    if (!truth)
      throw new Error(
        `${what}, but the rollout ended as ${JSON.stringify(end)} after ${world.deeds.join(', ')}.`,
      );
  };
  demand(isEnded(end), 'Once everything works again a rollout ends');
  if (!isEnded(end)) return;
  demand(!('cause' in end) || reasons.has(end.cause.kind), 'A rollout ends for a reason that it was given');
  const replaces = plan.steps.some(({ kind }) => kind === 'retire');
  switch (end.kind) {
    case 'completed':
      demand(world.weight() === 100, 'A completed rollout has all traffic');
      demand(
        sizeOf(world.running.new) === sizeOf(instancesIn(plan)),
        'A completed rollout has all instances',
      );
      demand(!replaces || !world.oldRuns, 'The old revision of a completed rollout has retired');
      demand(mood !== 'bad', 'No success comes of bad values');
      demand((mood !== 'silent' && mood !== 'absent') || result.promotions > 0, 'No data is never success');
      demand(
        world.migrated === (plan.steps.some(({ kind }) => kind === 'migrate') ? 1 : 0),
        'Migrations ran once',
      );
      break;
    case 'rolled-back':
      demand(world.weight() === 0, 'A revision that was taken back has no traffic');
      demand(!world.placed, 'A revision that was taken back is gone');
      demand(
        !replaces || sizeOf(world.running.old) === sizeOf(instancesIn(plan)),
        'All old instances serve after a rollback',
      );
      demand(!replaces || world.oldRuns, 'The old revision serves after a rollback');
      demand(zeroCameFirst(world.deeds), 'Weight 0 comes first and is verified');
      break;
    case 'blocked':
    case 'refused':
    case 'cancelled':
      demand(
        !world.placed && world.deeds.every((deed) => !/^(?:shift|place)/.test(deed)),
        'No service is touched',
      );
      break;
    default:
      end satisfies never;
  }
}

function sizeOf(instances: Instances): number {
  return Object.values(instances).reduce((sum, count) => sum + count, 0);
}

/** After the way back has begun no traffic is shifted to the new revision, and it is removed last. */
function zeroCameFirst(deeds: readonly string[]): boolean {
  const zero = deeds.indexOf('shift 0');
  const after = deeds.slice(zero + 1).filter((deed) => deed !== 'scale 100');
  return (
    zero >= 0 &&
    after.at(-1) === 'remove' &&
    after.at(-2) === 'verify 0' &&
    !after.some((deed) => /^shift [1-9]/.test(deed))
  );
}
