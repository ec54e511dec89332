import { z } from 'zod';

const storage = z.object({ usedBytes: z.number(), quotaBytes: z.number() });

/** What a project has at the server, and what it may have. */
export const usageSchema = z.object({
  artifacts: storage,
  caches: storage,
  logs: storage,
  /** Failed jobs that can go on from a step. */
  keptJobs: storage,
  /** What process targets run. */
  bundles: storage,
});
export type UsageAnswer = z.infer<typeof usageSchema>;
