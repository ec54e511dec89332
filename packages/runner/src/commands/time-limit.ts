import { createContext, Script } from 'node:vm';

let limited: ((work: () => void, timeoutMs: number) => boolean) | undefined;

/**
 * Runs pure work and breaks it off after the time, wherever it is, even inside a regular expression.
 * Returns whether it came to its end.
 */
export function runWithin(timeoutMs: number, work: () => void): boolean {
  limited ??= prepare();
  return limited(work, timeoutMs);
}

/** Node can interrupt code only that it starts as a script of its own. */
function prepare(): (work: () => void, timeoutMs: number) => boolean {
  const context = createContext({}) as { work?: () => void };
  const script = new Script('work()');
  return (work, timeoutMs) => {
    context.work = work;
    try {
      script.runInContext(context, { timeout: timeoutMs });
      return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ERR_SCRIPT_EXECUTION_TIMEOUT') return false;
      throw error;
    }
  };
}
