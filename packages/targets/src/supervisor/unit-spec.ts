import { z } from 'zod';

/** A process that is kept running: one instance of a component of a revision. */
export const unitSpec = z.object({
  id: z.string().regex(/^[\w.-]{1,200}$/),
  revision: z.string(),
  component: z.string(),
  digest: z.string(),
  /** For the shell. */
  command: z.string().min(1),
  directory: z.string(),
  /** All that it gets, but for PORT. */
  env: z.record(z.string(), z.string()),
  /** Whether it is given a port to listen on. */
  listens: z.boolean(),
  /** Path that answers 2xx when requests may come; null: it listens, or, if it doesn't listen at all, it stays up for a while. */
  ready: z.string().nullable(),
  /** Path that answers 2xx as long as it needs no restart; null: it is up. */
  live: z.string().nullable(),
  checkEveryMs: z.number(),
  /** From SIGTERM to SIGKILL. */
  stopTimeoutMs: z.number(),
});

export type UnitSpec = z.infer<typeof unitSpec>;

export interface UnitExit {
  code: number | null;
  signal: string | null;
  atMs: number;
  /** One clause, e.g. that it did not answer its checks. */
  reason: string;
}

/** As it stands, for who asks. Plain JSON. */
export interface UnitState {
  id: string;
  revision: string;
  component: string;
  digest: string;
  phase:
    | { kind: 'starting'; trouble: string | null }
    | { kind: 'ready' }
    /** It was ready, and isn't. */
    | { kind: 'unready'; trouble: string }
    /** It has ended and is started again. */
    | { kind: 'waiting'; untilMs: number }
    | { kind: 'stopping' };
  port: number | null;
  pid: number | null;
  /** Starts after the first one. */
  restarts: number;
  /** Ends in a row without a good while between them. */
  failures: number;
  lastExit: UnitExit | null;
}
