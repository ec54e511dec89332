import type { Act } from '../act.ts';
import { nextActions, type RolloutAction } from '../next-actions.ts';
import type { RolloutEvent } from '../rollout-event.ts';
import type { RolloutPlan } from '../rollout-plan.ts';
import { isEnded, type RolloutState } from '../rollout-state.ts';
import { transition } from '../transition.ts';
import type { Answer, World } from './world.ts';

export interface DriveOptions {
  plan: RolloutPlan;
  world: World;
  startMs?: number;
  /** True kills the controller there; what it had not written is lost. */
  crash?: (point: 'before-intent' | 'after-intent' | 'after-act') => boolean;
  /** What people do, when its time comes. */
  people?: readonly RolloutEvent[];
  state?: RolloutState;
  /** Falsifies or drops events on their way: what a wrong controller would do. */
  spoil?: (event: RolloutEvent) => RolloutEvent | undefined;
  /** Virtual time after which the drive ends, whatever the state. */
  forMs?: number;
}

export interface Drive {
  state: RolloutState;
  nowMs: number;
  /** Every state that was written, in order. */
  states: RolloutState[];
  crashes: number;
  alarms: number;
  /** Words of people that let it go on. */
  promotions: number;
}

class Crash extends Error {}

/** A controller as it must be: writes the intent, acts, writes the result, and knows nothing but what is written. */
export function drive({
  plan,
  world,
  startMs = 0,
  crash = () => false,
  people = [],
  ...rest
}: DriveOptions): Drive {
  const waiting = [...people].sort((a, b) => a.atMs - b.atMs);
  const endMs = startMs + (rest.forMs ?? 24 * 60 * 60_000);
  const result: Drive = {
    state: rest.state ?? { kind: 'queued' },
    nowMs: startMs,
    states: [],
    crashes: 0,
    alarms: 0,
    promotions: 0,
  };
  const write = (told: RolloutEvent): void => {
    const event = rest.spoil ? rest.spoil(told) : told;
    if (!event) return;
    const next = transition(plan, result.state, event);
    if (next === result.state) return;
    result.states.push(next);
    if (event.kind === 'rollout.promoted') result.promotions++;
    result.state = JSON.parse(JSON.stringify(next)) as RolloutState;
  };
  for (let round = 0; !isEnded(result.state) && result.nowMs < endMs; round++) {
    if (round > 100_000) throw new Error(`The rollout spins in ${JSON.stringify(result.state)}.`);
    const person = waiting[0];
    if (person && person.atMs <= result.nowMs) {
      write({ ...person, atMs: result.nowMs });
      waiting.shift();
      continue;
    }
    const actions = nextActions(plan, result.state, result.nowMs);
    try {
      for (const action of actions) carryOut(action);
    } catch (error) {
      if (!(error instanceof Crash)) throw error;
      result.crashes++;
      result.nowMs += 5000;
      continue;
    }
    if (actions.every(isIdle))
      result.nowMs = nextTime(actions, waiting[0]?.atMs, { nowMs: result.nowMs, endMs });
  }
  return result;

  function carryOut(action: RolloutAction): void {
    const atMs = result.nowMs;
    switch (action.kind) {
      case 'await-turn':
        write({ kind: 'rollout.admitted', atMs });
        break;
      case 'assess-gates':
        write({ kind: 'gates.passed', atMs });
        break;
      case 'begin':
        begin(action.act);
        break;
      case 'adopt':
        adopt(action.act);
        break;
      case 'measure': {
        const measurement = { metric: action.metric, atMs, outcome: world.metric(action.metric, atMs) };
        write({ kind: 'metric.measured', atMs, measurement });
        break;
      }
      case 'advance':
        write({ kind: 'time.passed', atMs });
        break;
      case 'raise-alarm':
        result.alarms++;
        write({ kind: 'alarm.raised', atMs });
        break;
      case 'wait':
        break;
      default:
        action satisfies never;
    }
  }

  function adopt(act: Act): void {
    const found = world.find(act.id);
    if (found === undefined) write({ kind: 'act.missing', atMs: result.nowMs, act: act.id });
    else if (found !== 'no answer') report(act, found);
  }

  function begin(act: Act): void {
    if (crash('before-intent')) throw new Crash();
    write({ kind: 'act.begun', atMs: result.nowMs, act: act.id });
    if (crash('after-intent')) throw new Crash();
    const answer = world.perform(act, result.nowMs);
    result.nowMs += 1000;
    if (crash('after-act')) throw new Crash();
    if (answer !== 'no answer') report(act, answer);
  }

  function report(act: Act, answer: Answer): void {
    const atMs = result.nowMs;
    if (answer.kind === 'failed') write({ ...answer, kind: 'act.failed', atMs, act: act.id });
    else write({ ...answer, kind: 'act.succeeded', atMs, act: act.id });
  }

  /** Asking for an act that gives no answer changes nothing until time passes. */
  function isIdle(action: RolloutAction): boolean {
    return action.kind === 'wait' || (action.kind === 'adopt' && world.find(action.act.id) === 'no answer');
  }
}

function nextTime(
  actions: readonly RolloutAction[],
  personMs: number | undefined,
  { nowMs, endMs }: { nowMs: number; endMs: number },
): number {
  const times = actions.flatMap((action) =>
    action.kind === 'wait' && action.untilMs !== null ? [action.untilMs] : [],
  );
  return Math.min(endMs, Math.max(nowMs + 1, Math.min(...times, personMs ?? endMs)));
}
