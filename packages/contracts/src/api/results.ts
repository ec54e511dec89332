import { z } from 'zod';

/** What jobs left: artifacts and caches. Times are epoch milliseconds. */
const time = z.number().int();

export const artifactSchema = z.object({
  id: z.number(),
  project: z.string(),
  runId: z.number(),
  jobKey: z.string(),
  name: z.string(),
  sizeBytes: z.number(),
  digest: z.string(),
  /** Made for an event whose code is not trusted. */
  untrusted: z.boolean(),
  createdAt: time,
  expiresAt: time,
});

export const cacheSchema = z.object({
  id: z.number(),
  key: z.string(),
  scope: z.string(),
  sizeBytes: z.number(),
  createdAt: time,
  usedAt: time,
});
