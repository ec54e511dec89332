import { publish, type StepResult, stopStep } from '../steps/perform-step.ts';
import { type OpenedStep, runOpenedStep } from '../steps/run-step.ts';
import type { StepEnd } from '../steps/step-task.ts';
import type { ForkedEnvironment } from './job-environment.ts';

/**
 * The steps that run beside others. What they set (outputs, variables, result) is seen when they were waited for.
 * @see https://github.com/actions/runner/blob/main/src/Runner.Worker/BackgroundStepCoordinator.cs
 */
export interface BackgroundSteps {
  /** Starts the step as soon as fewer than ten run. */
  start(opened: OpenedStep, environment: ForkedEnvironment): void;
  /** For people; ids that are unknown are left out. */
  titles(ids: string[]): string[];
  /** Ids of those that nobody has waited for yet. */
  unawaited(): string[];
  /** Resolves to the worst of their results when all have ended. */
  wait(ids: string[]): Promise<StepEnd>;
  /** Tells it to end, and resolves when it has. */
  cancel(id: string): Promise<void>;
}

const mostAtOnce = 10;

interface Entry {
  opened: OpenedStep;
  environment: ForkedEnvironment;
  result: Promise<StepResult>;
  awaited: boolean;
}

export function createBackgroundSteps(): BackgroundSteps {
  const entries = new Map<string, Entry>();
  const slots = createSlots(mostAtOnce);

  function settle(entry: Entry, result: StepResult): void {
    if (entry.awaited) return;
    entry.awaited = true;
    publish(entry.opened.running, result);
    entry.environment.merge();
  }

  return {
    start(opened, environment) {
      const result = slots(() => runOpenedStep(opened));
      entries.set(opened.running.id, { opened, environment, result, awaited: false });
    },
    titles: (ids) => ids.flatMap((id) => entries.get(id)?.opened.running.title ?? []),
    unawaited: () => [...entries].flatMap(([id, { awaited }]) => (awaited ? [] : [id])),
    async wait(ids) {
      let worst: StepEnd = 'success';
      for (const id of ids) {
        const entry = entries.get(id);
        if (entry === undefined) continue;
        const result = await entry.result;
        settle(entry, result);
        const { conclusion } = result;
        if (conclusion === 'failure') worst = 'failure';
        else if (conclusion === 'cancelled' && worst === 'success') worst = 'cancelled';
      }
      return worst;
    },
    async cancel(id) {
      const entry = entries.get(id);
      if (entry === undefined) return;
      stopStep(entry.opened.running, 'stopped');
      settle(entry, await entry.result);
    },
  };
}

/** Runs at most so many at once, the others in their order. */
function createSlots(count: number): <T>(work: () => Promise<T>) => Promise<T> {
  let free = count;
  const waiting: (() => void)[] = [];
  return async (work) => {
    if (free === 0) await new Promise<void>((resolve) => waiting.push(resolve));
    else free--;
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next === undefined) free++;
      else next();
    }
  };
}
