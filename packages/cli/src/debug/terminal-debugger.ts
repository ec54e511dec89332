import type { PausedStep } from '@slipway/runner';
import type { RunSession } from '../runs/run-session.ts';
import type { DebugRequest } from './debug-request.ts';
import type { Debugger, DebuggerOptions } from './debugger.ts';
import { HoldRules } from './hold-rules.ts';
import { promptTerminal } from './prompt-terminal.ts';
import { terminalGate } from './terminal-gate.ts';

const shownLines = 20;

/** Asks the person at the terminal. */
export function terminalDebugger(
  { pauseOnFailure, breakpoints }: DebugRequest,
  { session, repositoryRoot }: DebuggerOptions,
): Debugger {
  return {
    gate: terminalGate({
      rules: new HoldRules({ breakpoints, onFailure: pauseOnFailure }),
      repositoryRoot,
      terminal: promptTerminal({ hold: () => session.view.hold?.() ?? (() => {}) }),
      logTail: (step) => logTailOf(session, step),
      stop: () => session.interruption.cancel('stopped at a step'),
    }),
    ready: async () => {},
    end: async () => {},
  };
}

/** Of the step that has failed: it has not been reported as finished. */
function logTailOf({ watch }: RunSession, { runId, jobKey }: PausedStep): string[] {
  const job = watch.picture.runs.get(runId)?.jobs.get(jobKey);
  const step = job?.steps.findLast(({ state }) => state.kind === 'running');
  return step?.tail?.lines(shownLines) ?? [];
}
