import {
  type ProcessConfig,
  processVariables,
  type Reading,
  readVariables,
  toProcessConfig,
  urlOf,
  wholeNumber,
} from './variables.ts';

export type WorkerConfig = ProcessConfig & {
  /** How often the worker looks for tasks that are due. */
  scanIntervalMs: number;
  /** How long before its due date an assignee is reminded of a task. */
  reminderLeadMs: number;
  /** Where notifications are posted to; undefined only logs them. */
  webhookUrl: string | undefined;
  /** How often one notification is tried before it is given up. */
  deliveryAttempts: number;
  /** The wait after the first failure; each further one doubles it. */
  deliveryBackoffMs: number;
};

export function readWorkerConfig(env: Record<string, string | undefined>): Reading<WorkerConfig> {
  const reading = readVariables(variables, env);
  if (reading.kind === 'invalid') return reading;
  const vars = reading.value;
  return {
    kind: 'valid',
    value: {
      ...toProcessConfig(vars),
      scanIntervalMs: vars.SCAN_INTERVAL_MS,
      reminderLeadMs: vars.REMINDER_LEAD_MINUTES * 60_000,
      webhookUrl: vars.NOTIFY_WEBHOOK_URL,
      deliveryAttempts: vars.DELIVERY_ATTEMPTS,
      deliveryBackoffMs: vars.DELIVERY_BACKOFF_MS,
    },
  };
}

const variables = {
  ...processVariables,
  SCAN_INTERVAL_MS: wholeNumber({ min: 100, max: 3_600_000 }).default(60_000),
  REMINDER_LEAD_MINUTES: wholeNumber({ min: 0, max: 30 * 24 * 60 }).default(24 * 60),
  NOTIFY_WEBHOOK_URL: urlOf(/^https?$/, 'https://chat.example.com/hooks/tasks').optional(),
  DELIVERY_ATTEMPTS: wholeNumber({ min: 1, max: 100 }).default(5),
  DELIVERY_BACKOFF_MS: wholeNumber({ min: 0, max: 3_600_000 }).default(2_000),
};
