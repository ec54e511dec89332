import type { Tool } from './package-manager.ts';

/** One answer of a look at the machine. */
export interface Finding {
  /** What was looked for, e.g. `git`, `postgres:15-alpine`. */
  subject: string;
  /**
   * `ok`: there, and good enough. `warning`: it works, with a difference that may matter, or it is not known to be needed.
   * `missing`: what needs it fails here.
   */
  status: 'ok' | 'warning' | 'missing';
  /** For people: the version that was found, or what is wrong. */
  detail: string;
  /** Where workflows ask for it, `file:line`; empty for what Slipway itself needs. */
  neededBy: string[];
  /** What to do, one imperative sentence; absent when there is nothing to do. */
  mend?: string;
  /** What would have to be installed to mend it. */
  tool?: Tool;
}
