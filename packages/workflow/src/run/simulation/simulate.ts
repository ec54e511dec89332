import type { JobOpening } from '../../plan/job-opening.ts';
import { planEvent } from '../../plan/plan-event.ts';
import type { EventPlan } from '../../plan/run-plan.ts';
import { noGroups } from '../concurrency-groups.ts';
import type { RunMachineEvent } from '../run-machine-event.ts';
import type { RunState } from '../run-state.ts';
import { initialState } from '../scope.ts';
import { cancelSomething, crash, finishLeg, sendGarbage } from './disturb.ts';
import { checkLevel } from './invariants.ts';
import { createRandom } from './random.ts';
import { type RandomEvent, randomEvent } from './random-event.ts';
import { createRecord, type RunRecord } from './record.ts';
import { announceAll, breakDeadlock, isDone, performPending, type World } from './world.ts';

/** One event's runs, played to their end. */
export interface Simulation {
  event: RandomEvent;
  plan: EventPlan;
  states: RunState[];
  records: RunRecord[];
}

/** Rules to break on purpose, to see that the checks notice. */
export interface Sabotage {
  plan?: (plan: EventPlan) => EventPlan;
  opening?: (opening: JobOpening) => JobOpening;
  event?: (event: RunMachineEvent) => RunMachineEvent | undefined;
}

const maxSteps = 20_000;

/**
 * Plays one random event: what the machines ask for is done in random order, jobs end at random, people cancel, the
 * controller crashes.
 * @throws as soon as an invariant is broken.
 */
export function simulate(seed: number, sabotage: Sabotage = {}): Simulation {
  const random = createRandom(seed);
  const event = randomEvent(random);
  const world: World = { ...beginning(event, sabotage), random, sabotage };
  const calm = random.chance(0.4);
  announceAll(world);
  for (let step = 0; !isDone(world); step++) {
    if (step > maxSteps) throw new Error('The runs do not come to an end.');
    if (!calm) disturb(world);
    if (world.pending.length > 0 && (world.running.length === 0 || random.chance(0.7))) performPending(world);
    else if (world.running.length > 0) finishLeg(world);
    else if (!isDone(world)) breakDeadlock(world);
  }
  return { event, plan: world.plan, states: world.states, records: world.records };
}

function beginning(event: RandomEvent, sabotage: Sabotage): Omit<World, 'random' | 'sabotage'> {
  const { value, diagnostics } = planEvent({
    runs: event.started.map((workflow, index) => ({ workflow, runId: String(index), runNumber: 1 })),
    event: 'push',
    github: {},
    vars: {},
    load: (uses) => event.called.get(uses),
  });
  if (!value) throw new Error(`The plan is invalid: ${JSON.stringify(diagnostics)}`);
  const plan = sabotage.plan?.(value) ?? value;
  return {
    plan,
    states: plan.runs.map(initialState),
    records: plan.runs.map(createRecord),
    groups: noGroups,
    pending: [],
    running: [],
    time: 0,
  };
}

function disturb(world: World): void {
  const { random } = world;
  if (random.chance(0.015)) cancelSomething(world);
  if (random.chance(0.03)) sendGarbage(world);
  if (random.chance(0.02)) {
    checkLevel(world);
    crash(world);
  }
}
