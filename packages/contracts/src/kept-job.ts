import { z } from 'zod';

/**
 * What a server knows of a failed job that it keeps: the steps that it can go on from. All else is in the archive, which only runners read.
 */
export const keptJobSummarySchema = z.strictObject({
  /** Where the job's folder was on its runner: files in it may hold that path. */
  root: z.string().max(4_096).optional(),
  /** In order. */
  points: z
    .array(
      z.strictObject({
        /** Position in the job's list of steps, from 0. */
        place: z.number().int().nonnegative(),
        id: z.string().max(300).optional(),
        /** As people are shown it. */
        name: z.string().max(2_000),
        /** The step that stopped the job. */
        failed: z.boolean().optional(),
      }),
    )
    .max(10_000),
});
export type KeptJobSummary = z.infer<typeof keptJobSummarySchema>;
