import { z } from 'zod';

/** A command that runs to its end, once. */
export const oneOffSpec = z.object({
  /** Whoever gives the same one again gets the same run. */
  token: z.string().regex(/^[\w.~-]{1,300}$/),
  /** Of the same group one runs at a time; null: it minds nobody. */
  group: z.string().nullable(),
  command: z.string().min(1),
  directory: z.string(),
  env: z.record(z.string(), z.string()),
  timeoutMs: z.number().positive(),
});

export type OneOffSpec = z.infer<typeof oneOffSpec>;

/** Plain JSON; on disk before it is told. */
export type OneOffState =
  | { kind: 'running'; sinceMs: number }
  /** `exitCode` null: it was ended, or nobody knows how it ended. */
  | { kind: 'ended'; exitCode: number | null; reason: string; atMs: number };
