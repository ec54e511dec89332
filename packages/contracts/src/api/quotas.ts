import { z } from 'zod';

const gibibyte = 1024 ** 3;
const quota = z
  .number()
  .int()
  .min(0)
  .max(1024 * 1024 * gibibyte);

const quotas = { artifacts: quota, caches: quota, logs: quota, keptJobs: quota, bundles: quota };

/**
 * What a project may have at the server, in bytes. Over it artifacts are refused; of caches, kept jobs and logs the oldest go; of bundles the
 * oldest that no environment needs, and where that is not enough they are refused.
 */
export const quotasSchema = z.strictObject({
  artifacts: quotas.artifacts.default(50 * gibibyte),
  caches: quotas.caches.default(10 * gibibyte),
  logs: quotas.logs.default(10 * gibibyte),
  keptJobs: quotas.keptJobs.default(4 * gibibyte),
  bundles: quotas.bundles.default(20 * gibibyte),
});
export type Quotas = z.infer<typeof quotasSchema>;

/** Those that are named change. */
export const quotaChangesSchema = z.strictObject(quotas).partial();
