import { z } from 'zod';
import { conclusionSchema } from './conclusion.ts';
import { rowNumberSchema } from './row-number.ts';

/** Runs and their attempts. Times are epoch milliseconds. */
const time = z.number().int();
const runStatus = z.enum(['queued', 'in_progress', 'completed']);

export const runFilterSchema = z.strictObject({
  project: z.string().optional(),
  status: runStatus.optional(),
  conclusion: conclusionSchema.optional(),
  event: z.string().optional(),
  /** Branch or tag, short or whole. */
  ref: z.string().optional(),
  sha: z.string().optional(),
  actor: z.string().optional(),
  /** Path or file name. */
  workflow: z.string().optional(),
  limit: z.coerce.number().int().min(1).max(100).default(30),
  /** `next` of the page before. */
  cursor: rowNumberSchema.optional(),
});

export const runSchema = z.object({
  id: z.number(),
  project: z.string(),
  workflowPath: z.string(),
  workflowName: z.string(),
  name: z.string(),
  number: z.number(),
  attempt: z.number(),
  event: z.string(),
  ref: z.string(),
  sha: z.string(),
  actor: z.string(),
  status: runStatus,
  conclusion: conclusionSchema.nullable(),
  /** Why it was cancelled. */
  reason: z.string().nullable(),
  createdAt: time,
  startedAt: time.nullable(),
  finishedAt: time.nullable(),
  expiresAt: time.nullable(),
});
export type RunAnswer = z.infer<typeof runSchema>;

export const runPageSchema = z.object({ runs: z.array(runSchema), next: z.number().nullable() });
export type RunPage = z.infer<typeof runPageSchema>;

export const attemptSchema = z.object({
  attempt: z.number(),
  actor: z.string(),
  status: runStatus,
  conclusion: conclusionSchema.nullable(),
  reason: z.string().nullable(),
  createdAt: time,
  startedAt: time.nullable(),
  finishedAt: time.nullable(),
});

export const cancelSchema = z.strictObject({
  /** `cancel`: steps with `always()` still run; `kill`: everything ends at once. */
  how: z.enum(['cancel', 'kill']).default('cancel'),
  reason: z.string().max(500).optional(),
});

export const rerunSchema = z
  .strictObject({
    jobs: z.enum(['all', 'failed']).optional(),
    /** Key of one job; it and all that needs it. */
    job: z.string().min(1).optional(),
    /** Go on in that job, or in the one that failed, from this step: its id, name or number. */
    fromStep: z.string().min(1).max(2_000).optional(),
  })
  .refine(({ jobs, job }) => jobs === undefined || job === undefined, {
    message: 'jobs and job exclude each other',
    path: ['job'],
  })
  .refine(({ jobs, fromStep }) => jobs === undefined || fromStep === undefined, {
    message: 'jobs and fromStep exclude each other',
    path: ['fromStep'],
  });
