import type { MeasurementOutcome } from '../../analysis/measurement.ts';
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
}

export type Answer =
  | { kind: 'succeeded'; weight?: number }
  | { kind: 'failed'; fault: 'transient' | 'definite'; reason: string };

/** A target with its traffic and its database, and what must never happen to them. */
export interface World {
  perform(act: Act): Answer | 'no answer';
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
}

export function createWorld(options: WorldOptions = {}): World {
  const { fate = () => 'ok', inForce = (weight) => weight, replaces = true } = options;
  const known = new Map<string, Answer | 'no answer'>();
  const attempts = new Map<string, number>();
  let weight = 0;
  let smoked = false;
  let verified = -1;
  const world: World = {
    deeds: [],
    violations: [],
    migrated: 0,
    placed: false,
    oldRuns: replaces,
    weight: () => weight,
    find: (id) => known.get(id),
    metric: (name, nowMs) => (options.metric ?? allGood)(name, weight, nowMs),
    perform(act) {
      const before = known.get(act.id);
      if (before !== undefined) return before;
      const attempt = attempts.get(act.task.kind) ?? 0;
      attempts.set(act.task.kind, attempt + 1);
      const chosen = fate(act.task, attempt);
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
    world.deeds.push('weight' in task ? `${task.kind} ${task.weight}` : task.kind);
    switch (task.kind) {
      case 'migrate':
        world.migrated++;
        hold(world.migrated === 1, 'migrations ran twice');
        break;
      case 'place':
        world.placed = true;
        break;
      case 'smoke':
        if (task.on === 'test-traffic') smoked = true;
        break;
      case 'shift':
        hold(task.weight === 0 || smoked, 'production traffic before the smoke test passed');
        hold(task.weight === 0 || world.placed, 'production traffic to nothing');
        weight = inForce(task.weight);
        verified = -1;
        break;
      case 'verify':
        verified = weight;
        return { kind: 'succeeded', weight };
      case 'retire':
        hold(verified === 100, 'the old revision retired before the weight was verified');
        world.oldRuns = false;
        break;
      case 'remove':
        hold(verified === 0, 'the new revision was removed before weight 0 was verified');
        hold(world.oldRuns || !replaces, 'nothing serves');
        world.placed = false;
        break;
      case 'resolve':
      case 'stop-migration':
        break;
      default:
        task satisfies never;
    }
    return { kind: 'succeeded' };
  }

  function hold(truth: boolean, violation: string): void {
    if (!truth) world.violations.push(violation);
  }
}

function allGood(): MeasurementOutcome {
  return { kind: 'value', revision: 0, baseline: 0 };
}
