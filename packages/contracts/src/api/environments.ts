import { z } from 'zod';
import { diagnosticSchema } from './diagnostic.ts';
import { rowNumberSchema } from './row-number.ts';

/** Environments and approvals. Times are epoch milliseconds. */
const time = z.number().int();
const pattern = z.string().min(1).max(200);
const durationMs = z
  .number()
  .int()
  .min(0)
  .max(30 * 24 * 60 * 60_000);

/** As on GitHub. The colon would blur the subject of ID tokens. */
export const environmentNameSchema = z
  .string()
  .regex(/^[A-Za-z0-9][\w.-]{0,99}$/, 'letters, digits, dashes, dots and underscores only');

const windowSchema = z.discriminatedUnion('kind', [
  z
    .strictObject({ kind: z.literal('freeze'), fromMs: time, untilMs: time, reason: z.string().max(200) })
    .refine(({ fromMs, untilMs }) => fromMs < untilMs, { message: 'ends before it begins' }),
  z.strictObject({
    kind: z.literal('peak-hours'),
    /** 0 is Sunday. */
    weekdays: z.array(z.number().int().min(0).max(6)).min(1),
    /** Minutes since midnight. */
    fromMinute: z.number().int().min(0).max(1440),
    untilMinute: z.number().int().min(0).max(1440),
    timeZone: z.string().refine(isTimeZone, 'no name of a time zone'),
  }),
]);

function isTimeZone(name: string): boolean {
  try {
    Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

/** What is left out is as `slipway.yml` says, or open. Windows come to those of the file. */
export const environmentSettingsSchema = z.strictObject({
  reviewers: z.array(z.string().min(1).max(100)).max(50).optional(),
  preventSelfReview: z.boolean().optional(),
  /** From the request to the earliest start. */
  waitMs: durationMs.optional(),
  branches: z.array(pattern).max(50).optional(),
  tags: z.array(pattern).max(50).optional(),
  /** How long an approval holds. */
  approvalLifeMs: durationMs.min(60_000).optional(),
  windows: z.array(windowSchema).max(100).optional(),
  onFreeze: z.enum(['hold', 'continue', 'rollback']).optional(),
});
export type EnvironmentSettings = z.infer<typeof environmentSettingsSchema>;

export const environmentSchema = z.object({
  name: z.string(),
  protection: z.object({
    reviewers: z.array(z.string()),
    preventSelfReview: z.boolean(),
    waitMs: z.number(),
    branches: z.array(z.string()),
    tags: z.array(z.string()),
    approvalLifeMs: z.number(),
  }),
  windows: z.array(windowSchema),
  onFreeze: z.enum(['hold', 'continue', 'rollback']),
  /** In `slipway.yml`, by the API, or both. */
  definedIn: z.array(z.enum(['file', 'settings'])),
  /** What was set by the API. */
  settings: environmentSettingsSchema.nullable(),
});
export type EnvironmentAnswer = z.infer<typeof environmentSchema>;

export const environmentsSchema = z.object({
  environments: z.array(environmentSchema),
  /** What is wrong with `slipway.yml` of the default branch; the last one without mistakes is in force. */
  problem: z.array(diagnosticSchema),
});
export type EnvironmentsAnswer = z.infer<typeof environmentsSchema>;

export const approvalFilterSchema = z.strictObject({
  project: z.string().optional(),
  state: z.enum(['pending', 'approved', 'rejected', 'expired']).optional(),
  run: rowNumberSchema.optional(),
  limit: z.coerce.number().int().min(1).max(100).default(30),
});

const binding = z.object({
  sha: z.string(),
  workflow: z.string().nullable(),
  planHash: z.string().nullable(),
});

export const approvalSchema = z.object({
  id: z.number(),
  project: z.string(),
  environment: z.string(),
  subject: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('run'), runId: z.number(), attempt: z.number() }),
    z.object({ kind: z.literal('deployment'), id: z.number() }),
  ]),
  /** What is approved. */
  binding,
  /** For a decision, so that it is on what was seen. */
  bindingHash: z.string(),
  requestedBy: z.string(),
  requestedAt: time,
  askedAt: time,
  expiresAt: time,
  state: z.enum(['pending', 'approved', 'rejected', 'expired']),
  decisions: z.array(
    z.object({
      verdict: z.enum(['approved', 'rejected']),
      by: z.string(),
      comment: z.string(),
      at: time,
      binding,
      bindingHash: z.string(),
    }),
  ),
});
export type ApprovalAnswer = z.infer<typeof approvalSchema>;

export const decisionSchema = z.strictObject({
  verdict: z.enum(['approved', 'rejected']),
  comment: z.string().max(2_000).default(''),
  /** What was seen; if the request binds something else by now, nothing is decided. */
  bindingHash: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .optional(),
});
