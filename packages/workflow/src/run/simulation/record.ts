import type { Conclusion } from '../conclusion.ts';

/** What happened to a simulated run from outside, and when: all that the oracle has to go by, beside the files. */
export interface RunRecord {
  /** Of the run: while it was not concluded. */
  cancels: Cancel[];
  /** Of single legs, by key. */
  legCancels: Map<string, Cancel[]>;
  admittedAt: number | undefined;
  /** By id of a job of a sibling run: when this run learnt what it came to. */
  toldAt: Map<string, number>;
  /** By job key: when what was opened was evaluated. */
  openedAt: Map<string, number>;
  /** By leg key; more than one if it was given back. */
  startedAt: Map<string, number[]>;
  /** By leg key: the last report of a runner. */
  reports: Map<string, Report>;
  /** By leg key of a call: when it began. */
  calledAt: Map<string, number>;
  /** By `job KEY` or `leg KEY`: when it was seen to be concluded. */
  concludedAt: Map<string, number>;
}

export interface Cancel {
  at: number;
  force: boolean;
}

export type Report =
  | {
      kind: 'finished';
      at: number;
      conclusion: Exclude<Conclusion, 'skipped'>;
      outputs: Record<string, string>;
    }
  | { kind: 'lost'; at: number }
  | { kind: 'returned'; at: number }
  | { kind: 'refused'; at: number };

export function createRecord(): RunRecord {
  return {
    cancels: [],
    legCancels: new Map(),
    admittedAt: undefined,
    toldAt: new Map(),
    openedAt: new Map(),
    startedAt: new Map(),
    reports: new Map(),
    calledAt: new Map(),
    concludedAt: new Map(),
  };
}
