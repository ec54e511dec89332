import type { MeasurementOutcome } from '../../analysis/measurement.ts';
import { type Instances, instancesFor } from '../../strategy/rolling-batches.ts';
import type { Act, ActTask } from '../act.ts';

/** How an act fares. `silent`: it is done, but its answer comes only to who asks for it later; `hung`: it is never done. */
export type Fate = 'ok' | 'transient' | 'definite' | 'silent' | 'hung';

export interface WorldOptions {
  /** The fate of the `attempt`-th act of a kind, from 0. Default: all is well. */
  fate?: (task: ActTask, attempt: number) => Fate;
  /** Weight that the balancer puts in force when asked for one. Default: that one. */
  inForce?: (weight: number) => number;
  /** What the provider says. Default: no errors at all. */
  metric?: (metric: string, weight: number, nowMs: number) => MeasurementOutcome;
  replaces?: boolean;
  /** Of each revision when it is whole. */
  instances?: Instances;
  /** Whether a freeze keeps what is new from beginning. */
  isClosed?: (nowMs: number) => boolean;
}

export type Answer =
  | { kind: 'succeeded'; weight?: number }
  | { kind: 'failed'; fault: 'transient' | 'definite'; reason: string };

/** A target with its traffic and its database, and what must never happen to them. */
export interface World {
  perform(act: Act, nowMs: number): Answer | 'no answer';
  /** What the target knows of an act: its answer, that it is still at it, or nothing. */
  find(id: string): Answer | 'no answer' | undefined;
  metric(name: string, nowMs: number): MeasurementOutcome;
  /** Percent of the traffic that the new revision gets. */
  weight(): number;
  /** What was done, in order, e.g. `shift 10`. */
  deeds: string[];
  /** What went wrong with the world's invariants; empty if nothing did. */
  violations: string[];
  migrated: number;
  placed: boolean;
  oldRuns: boolean;
  /** What runs of each revision. */
  running: { old: Instances; new: Instances };
}

export function createWorld(options: WorldOptions = {}): World {
  const {
    fate = () => 'ok',
    inForce = (weight) => weight,
    replaces = true,
    instances = { api: 1 },
  } = options;
  const known = new Map<string, Answer | 'no answer'>();
  const attempts = new Map<string, number>();
  let weight = 0;
  let smoked = false;
  let verified = -1;
  let restoreFailed = false;
  let isAsAsked = true;
  const world: World = {
    deeds: [],
    violations: [],
    migrated: 0,
    placed: false,
    oldRuns: replaces,
    running: { old: replaces ? instances : {}, new: {} },
    weight: () => weight,
    find: (id) => known.get(id),
    metric: (name, nowMs) => (options.metric ?? allGood)(name, weight, nowMs),
    perform(act, nowMs) {
      const before = known.get(act.id);
      if (before !== undefined) return before;
      const isNew = act.firstBegunAtMs === null && isForward(act.task);
      hold(!isNew || !options.isClosed?.(nowMs), `${act.task.kind} was begun in a freeze`);
      const attempt = attempts.get(act.task.kind) ?? 0;
      attempts.set(act.task.kind, attempt + 1);
      const chosen = fate(act.task, attempt);
      if (act.task.kind === 'scale' && act.task.percent === 100) {
        restoreFailed = chosen !== 'ok' && chosen !== 'silent';
      }
      const answer = answerTo(act.task, chosen);
      if (chosen === 'transient' && act.task.kind === 'migrate') return answer;
      known.set(act.id, chosen === 'hung' ? 'no answer' : answer);
      return chosen === 'silent' || chosen === 'hung' ? 'no answer' : answer;
    },
  };
  return world;

  function answerTo(task: ActTask, chosen: Fate): Answer {
    if (chosen === 'ok' || chosen === 'silent') return doIt(task);
    const fault = chosen === 'definite' ? 'definite' : 'transient';
    return { kind: 'failed', fault, reason: `${task.kind} ${chosen}` };
  }

  function doIt(task: ActTask): Answer {
    world.deeds.push(deedOf(task));
    switch (task.kind) {
      case 'migrate':
        world.migrated++;
        hold(world.migrated === 1, 'migrations ran twice');
        break;
      case 'place':
        world.placed = true;
        world.running.new = task.instances ?? instances;
        break;
      case 'scale':
        hold(world.placed || task.percent === 100, 'old instances ended with nothing beside them');
        world.running.old = shareOf(instances, task.percent);
        holdCapacity();
        break;
      case 'smoke':
        if (task.on === 'test-traffic') smoked = true;
        break;
      case 'shift':
        hold(task.weight === 0 || smoked, 'production traffic before the smoke test passed');
        hold(task.weight === 0 || world.placed, 'production traffic to nothing');
        weight = inForce(task.weight);
        isAsAsked = weight === task.weight;
        verified = -1;
        holdCapacity();
        break;
      case 'verify':
        verified = weight;
        return { kind: 'succeeded', weight };
      case 'retire':
        hold(verified === 100, 'the old revision retired before the weight was verified');
        world.oldRuns = false;
        world.running.old = {};
        break;
      case 'remove':
        hold(verified === 0, 'the new revision was removed before weight 0 was verified');
        hold(world.oldRuns || !replaces, 'nothing serves');
        hold(!replaces || hasRoomFor(world.running.old, 100), 'the old revision was left with a part of it');
        world.placed = false;
        world.running.new = {};
        break;
      case 'resolve':
      case 'stop-migration':
        break;
      default:
        task satisfies never;
    }
    return { kind: 'succeeded' };
  }

  /** What a freeze keeps from beginning: all that leads to the first traffic. */
  function isForward(task: ActTask): boolean {
    return weight === 0 && (task.kind === 'migrate' || task.kind === 'place' || isShift(task));
  }

  /** Each revision can take its share; but what can't be brought back must not keep the weight up. */
  function holdCapacity(): void {
    if (!replaces || restoreFailed || !isAsAsked) return;
    hold(hasRoomFor(world.running.old, 100 - weight), `too few old instances for ${100 - weight} %`);
    hold(hasRoomFor(world.running.new, weight), `too few new instances for ${weight} %`);
  }

  function hasRoomFor(running: Instances, percent: number): boolean {
    const wanted = shareOf(instances, percent);
    return Object.entries(wanted).every(([name, count]) => (running[name] ?? 0) >= count);
  }

  function hold(truth: boolean, violation: string): void {
    if (!truth) world.violations.push(violation);
  }
}

function isShift(task: ActTask): boolean {
  return task.kind === 'shift' && task.weight > 0;
}

/** What was done, as it is written in the tests. */
function deedOf(task: ActTask): string {
  if ('weight' in task) return `${task.kind} ${task.weight}`;
  if (task.kind === 'scale') return `scale ${task.percent}`;
  if (task.kind !== 'place' || !task.instances) return task.kind;
  return `place ${Object.values(task.instances).join('+')}`;
}

function shareOf(instances: Instances, percent: number): Instances {
  return Object.fromEntries(
    Object.entries(instances).map(([name, count]) => [name, instancesFor(percent, count)]),
  );
}

function allGood(): MeasurementOutcome {
  return { kind: 'value', revision: 0, baseline: 0 };
}
