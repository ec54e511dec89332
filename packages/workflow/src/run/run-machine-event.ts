import type { JobOpening } from '../plan/job-opening.ts';
import type { Conclusion } from './conclusion.ts';
import type { JobFact, NodeIndex } from './run-state.ts';

/** The facts that move a run. Each is safe to repeat: what does not fit the state any more changes nothing. */
export type RunMachineEvent =
  /** The run got its concurrency group. */
  | { kind: 'run.admitted' }
  /** Someone wants the run to end; `force` also ends what `always()` would spare. */
  | { kind: 'run.cancelled'; reason: string; force: boolean }
  /** A job of a sibling run, by position in the plan's `foreign`. */
  | { kind: 'need.concluded'; foreign: number; fact: JobFact }
  /** A job's `if` and matrix are evaluated. */
  | { kind: 'job.opened'; job: NodeIndex; opening: JobOpening }
  /** The leg got its concurrency groups. */
  | { kind: 'leg.admitted'; leg: NodeIndex }
  /** A runner took the leg. */
  | { kind: 'leg.started'; leg: NodeIndex }
  /** The runner's own result. */
  | {
      kind: 'leg.finished';
      leg: NodeIndex;
      conclusion: Exclude<Conclusion, 'skipped'>;
      outputs: Record<string, string>;
      reason?: string;
    }
  /** No runner serves the leg's labels: it is skipped. */
  | { kind: 'leg.refused'; leg: NodeIndex; reason: string }
  /** It can't be known what became of a running leg: it failed. */
  | { kind: 'leg.lost'; leg: NodeIndex; reason: string }
  /** The runner gave the leg back before its first step: it may start again. */
  | { kind: 'leg.returned'; leg: NodeIndex }
  /** Someone wants this leg to end, e.g. a newer member of its concurrency group. */
  | { kind: 'leg.cancelled'; leg: NodeIndex; reason: string; force: boolean }
  /** The outputs of a called workflow are evaluated, or can't be. */
  | { kind: 'call.closed'; scope: NodeIndex; outputs: Record<string, string>; failure?: string };
