import type { Conclusion, RunEvent } from '@slipway/contracts';
import type { StepGate } from '@slipway/runner';
import type { RunSession } from '../runs/run-session.ts';

/** Who looks into jobs while they run: a person at the terminal, or an editor. */
export interface Debugger {
  gate: StepGate;
  /** Resolves when the runs may begin. */
  ready(): Promise<void>;
  /** After the event is in the journal. */
  watch?(event: RunEvent): void;
  end(conclusion: Conclusion): Promise<void>;
}

/** Makes the debugger for a session; what could fail (a port that is taken) has been done before. */
export type OpenDebugger = (options: DebuggerOptions) => Debugger;

export interface DebuggerOptions {
  session: RunSession;
  repositoryRoot: string;
}
