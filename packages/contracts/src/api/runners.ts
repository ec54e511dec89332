import { z } from 'zod';

/** Runners and the queue that they work off. Times are epoch milliseconds. */
const time = z.number().int();

export const runnerSchema = z.object({
  name: z.string(),
  labels: z.array(z.string()),
  /** `offline`: it has not been heard of for a while. */
  status: z.enum(['idle', 'busy', 'offline']),
  job: z.object({ id: z.number(), project: z.string(), runId: z.number(), key: z.string() }).nullable(),
  seenAt: time,
});
export const runnersSchema = z.object({ runners: z.array(runnerSchema) });
export type RunnersAnswer = z.infer<typeof runnersSchema>;

export const queueSchema = z.object({
  jobs: z.array(
    z.object({
      id: z.number().nullable(),
      project: z.string(),
      runId: z.number(),
      key: z.string(),
      labels: z.array(z.string()),
      queuedAt: time.nullable(),
      /** Why it does not run yet. */
      waiting: z.string(),
    }),
  ),
});
