import { expect } from 'vitest';
import type { RolloutPlan } from '../rollout-plan.ts';
import type { RolloutState } from '../rollout-state.ts';
import { type Drive, type DriveOptions, drive } from './drive.ts';
import { instancesIn, planOf } from './plans.ts';
import { createWorld, type World, type WorldOptions } from './world.ts';

/** Plays a rollout in a world. What must never happen to a world is held in every scenario. */
export function given(options: WorldOptions, plan: RolloutPlan = planOf()) {
  const world = createWorld({
    replaces: plan.steps.some(({ kind }) => kind === 'retire'),
    instances: instancesIn(plan),
    ...options,
  });
  return {
    world,
    when(happens: Partial<Omit<DriveOptions, 'world' | 'plan'>> = {}): Drive {
      const result = drive({ plan, world, ...happens });
      expect(world.violations).toEqual([]);
      return result;
    },
  };
}

export const causeOf = (state: RolloutState) => ('cause' in state ? state.cause.kind : undefined);

/** The weights that were asked for, in order. */
export const shiftsOf = ({ deeds }: World) => deeds.filter((deed) => deed.startsWith('shift'));
