import type { PausedStep } from '@slipway/runner';
import { type Breakpoint, isAt } from './breakpoint.ts';

/** How far a job goes on from where it is held. */
export type Stride =
  /** To the next breakpoint or failure. */
  | 'on'
  /** To the next step of the same list, or of the list around it. */
  | 'over'
  /** To the next step, that of a composite action included. */
  | 'in'
  /** To the next step of the list around it. */
  | 'out';

/** Decides where jobs are held: breakpoints, failures, and single steps from where they were held before. */
export class HoldRules {
  /** May change while jobs run. */
  breaksBefore: (step: PausedStep, isFirst: boolean) => boolean;
  onFailure: boolean;
  /** By job: the deepest list of steps at which it is held next. */
  readonly #depths = new Map<string, number>();
  readonly #begun = new Set<string>();

  constructor({ breakpoints, onFailure }: { breakpoints: readonly Breakpoint[]; onFailure: boolean }) {
    this.breaksBefore = (step, isFirst) => breakpoints.some((one) => isAt(one, step, isFirst));
    this.onFailure = onFailure;
  }

  holds(step: PausedStep): boolean {
    const key = keyOf(step);
    const isFirst = !this.#begun.has(key);
    this.#begun.add(key);
    const depth = this.#depths.get(key) ?? 0;
    const held =
      step.reason === 'failure'
        ? this.onFailure
        : step.frames.length <= depth || this.breaksBefore(step, isFirst);
    if (held) this.#depths.delete(key);
    return held;
  }

  /** How the job goes on after it was held at the step. */
  go(step: PausedStep, stride: Stride): void {
    const depth = step.frames.length;
    const deepest = { on: 0, out: depth - 1, over: depth, in: Number.POSITIVE_INFINITY }[stride];
    this.#depths.set(keyOf(step), deepest);
  }

  /** Holds the job at its next step, whichever. */
  interrupt(job: Pick<PausedStep, 'runId' | 'jobKey'>): void {
    this.#depths.set(keyOf(job), Number.POSITIVE_INFINITY);
  }
}

function keyOf({ runId, jobKey }: Pick<PausedStep, 'runId' | 'jobKey'>): string {
  return `${runId} ${jobKey}`;
}
