import { z } from 'zod';
import { diagnosticSchema } from './diagnostic.ts';

/** What starts runs: events, those asked for by hand, and schedules. Times are epoch milliseconds. */
const time = z.number().int();

export const dispatchSchema = z.strictObject({
  /** Path, file name or `name` of the workflow. */
  workflow: z.string().min(1),
  /** Branch or tag; default: the default branch. */
  ref: z.string().min(1).max(300).optional(),
  inputs: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).default({}),
});

export const repositoryDispatchSchema = z.strictObject({
  event_type: z.string().min(1).max(100),
  client_payload: z.record(z.string(), z.unknown()).default({}),
});

export const acceptedRunSchema = z.object({
  runId: z.number(),
  number: z.number(),
  workflowPath: z.string(),
  name: z.string(),
});

/** What an event started, and why other workflows were not started. */
export const acceptanceSchema = z.object({
  kind: z.enum(['accepted', 'duplicate', 'refused']),
  eventId: z.number(),
  runs: z.array(acceptedRunSchema),
  notStarted: z.array(z.object({ path: z.string(), reason: z.string() })),
  diagnostics: z.array(diagnosticSchema),
});

export const eventSchema = z.object({
  id: z.number(),
  name: z.string(),
  deliveryId: z.string(),
  ref: z.string(),
  sha: z.string(),
  receivedAt: time,
  runs: z.array(z.number()),
  diagnostics: z.array(diagnosticSchema),
});

export const scheduleSchema = z.object({
  workflowPath: z.string(),
  cron: z.string(),
  timezone: z.string(),
  nextAt: time,
  lastAt: time.nullable(),
});
