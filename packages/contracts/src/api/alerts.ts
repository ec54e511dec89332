import { z } from 'zod';

const time = z.number().int();

export const alertQuerySchema = z.strictObject({
  /** Default: all. */
  state: z.enum(['open', 'fixed', 'dismissed']).optional(),
  /** Whole, e.g. `refs/heads/main`; default: the default branch, and of what is not there wherever it is. */
  ref: z
    .string()
    .regex(/^refs\/\S+$/, 'refs/…')
    .max(300)
    .optional(),
});

/** What scans have found, from the SARIF that workflows have uploaded. */
export const alertSchema = z.object({
  id: z.number().int(),
  state: z.enum(['open', 'fixed', 'dismissed']),
  tool: z.string(),
  rule: z.string(),
  /** Of the rule: of security if it has one, else of the finding. */
  severity: z.string(),
  message: z.string(),
  path: z.string(),
  line: z.number().int(),
  ref: z.string(),
  commit: z.string(),
  createdAt: time,
  updatedAt: time,
});
export const alertsSchema = z.object({ alerts: z.array(alertSchema) });
export type AlertsAnswer = z.infer<typeof alertsSchema>;
