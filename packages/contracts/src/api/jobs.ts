import { z } from 'zod';
import { conclusionSchema } from './conclusion.ts';

/** Jobs of a run, their steps, and what these said. Times are epoch milliseconds. */
const time = z.number().int();

const step = z.object({
  step: z.number(),
  id: z.string().optional(),
  name: z.string(),
  phase: z.string(),
  startedAt: time,
  conclusion: conclusionSchema.nullable(),
  outcome: conclusionSchema.nullable(),
  durationMs: z.number().nullable(),
});

export const jobSchema = z.object({
  /** For its log; null: it has never been ready to run. */
  id: z.number().nullable(),
  runId: z.number(),
  attempt: z.number(),
  key: z.string(),
  jobId: z.string(),
  name: z.string(),
  needs: z.array(z.string()),
  status: z.enum(['waiting', 'queued', 'in_progress', 'completed']),
  conclusion: conclusionSchema.nullable(),
  reason: z.string().nullable(),
  /** Why it does not run yet. */
  waiting: z.string().nullable(),
  runner: z.string().nullable(),
  labels: z.array(z.string()),
  queuedAt: time.nullable(),
  startedAt: time.nullable(),
  finishedAt: time.nullable(),
});
export type JobAnswer = z.infer<typeof jobSchema>;

export const jobsSchema = z.object({ jobs: z.array(jobSchema) });
export type JobsAnswer = z.infer<typeof jobsSchema>;

const annotation = z.object({
  step: z.number(),
  level: z.enum(['error', 'warning', 'notice']),
  message: z.string(),
  title: z.string().optional(),
  file: z.string().optional(),
  line: z.number().optional(),
  endLine: z.number().optional(),
  column: z.number().optional(),
  endColumn: z.number().optional(),
});

export const jobDetailSchema = z.object({
  steps: z.array(step),
  annotations: z.array(annotation),
  summaries: z.array(z.object({ step: z.number(), markdown: z.string() })),
});
export type JobDetail = z.infer<typeof jobDetailSchema>;
