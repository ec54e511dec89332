import type { RolloutStep } from '../strategy/rollout-step.ts';

/**
 * Something that the controller does to the world. The intent is written before it begins and its result after; in between a crash
 * leaves it `begun`, and whoever comes next asks the target for it by its id instead of doing it again.
 */
export interface Act {
  /** Unique within the rollout; the target's client token. */
  id: string;
  task: ActTask;
  phase: ActPhase;
  /** How often it failed before. */
  failures: number;
  /** When it, or what it repeats, first began; null before that. Deadlines count from here. */
  firstBegunAtMs: number | null;
  /** Why it failed last, or why nobody could say how it stood; null if all was well. */
  trouble: string | null;
}

export type ActPhase = { kind: 'due'; fromMs: number } | { kind: 'begun'; atMs: number };

export type ActTask =
  | Exclude<RolloutStep, { kind: 'hold' | 'promotion' }>
  /** End the migration with this id and let go of its lock. */
  | { kind: 'stop-migration'; migration: string }
  /** Take the new revision away. */
  | { kind: 'remove' };

export function newAct(task: ActTask, place: string, atMs: number): Act {
  return {
    id: `${place}.${task.kind}`,
    task,
    phase: { kind: 'due', fromMs: atMs },
    failures: 0,
    firstBegunAtMs: null,
    trouble: null,
  };
}

export function begun(act: Act, atMs: number): Act {
  return { ...act, phase: { kind: 'begun', atMs }, firstBegunAtMs: act.firstBegunAtMs ?? atMs };
}

/** The target does not say how an act stands: nothing changes but what the deadline will give as its reason. */
export function noteSilence<State extends { act: Act }>(state: State, reason: string): State {
  const trouble = `the target did not say how it stood: ${reason}`;
  return state.act.trouble === trouble ? state : { ...state, act: { ...state.act, trouble } };
}

/** Why an act is tried again that has begun and of which nothing came in time. */
export function unansweredText({ task, trouble }: Act): string {
  return `no answer to ${task.kind}${trouble === null ? '' : `: ${trouble}`}`;
}

/** The same act once more: the target has never heard of it. */
export function dueAgain(act: Act, atMs: number): Act {
  return { ...act, phase: { kind: 'due', fromMs: atMs } };
}

/**
 * The act as it is tried again after a failure, later each time. A migration keeps its id: if the failure hid that it ran, the target
 * finds it by the id and doesn't run it twice.
 */
export function retried(act: Act, trouble: string, atMs: number): Act {
  const failures = act.failures + 1;
  const id = act.task.kind === 'migrate' ? act.id : `${act.id.replace(/~\d+$/, '')}~${failures}`;
  return { ...act, id, failures, trouble, phase: { kind: 'due', fromMs: atMs + backOffMs(failures) } };
}

/** One second after the first failure, then twice as long each time, half a minute at most. */
export function backOffMs(failures: number): number {
  return Math.min(30_000, 500 * 2 ** Math.min(failures, 10));
}
