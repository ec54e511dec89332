import { z } from 'zod';
import { oidcSettingsSchema } from './api/oidc.ts';
import { quotaChangesSchema, quotasSchema } from './api/quotas.ts';

/**
 * The REST interface below `/api/v1`: bodies of requests and answers. Times are epoch milliseconds. What is unknown in a request is an
 * error; answers may gain properties.
 */
const conclusion = z.enum(['success', 'failure', 'cancelled', 'skipped']);
const runStatus = z.enum(['queued', 'in_progress', 'completed']);
const time = z.number().int();

/** `owner/name` as on GitHub. */
export const projectNameSchema = z
  .string()
  .regex(
    /^[A-Za-z0-9](?:[A-Za-z0-9-]{0,37}[A-Za-z0-9])?\/[A-Za-z0-9._-]{1,100}$/,
    'owner/name: letters, digits, dashes; in the name dots and underscores too',
  )
  .refine((name) => !/\/\.{1,2}$/.test(name) && !/\.git$/i.test(name), 'not a name for a repository');

/** Where the code of a project is. */
export const projectSourceSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('hosted') }),
  z.strictObject({
    kind: z.literal('github'),
    /** Of GitHub's REST interface; of an Enterprise Server `https://<host>/api/v3`. */
    apiUrl: z.url({ protocol: /^https?$/ }).default('https://api.github.com'),
    /** What git fetches from; default `https://github.com/<owner>/<name>.git`. */
    cloneUrl: z.string().min(1).optional(),
    /** What is reported back. Only GitHub Apps may write check runs. */
    reports: z.array(z.enum(['status', 'check-run'])).default(['status']),
  }),
]);
export type ProjectSource = z.infer<typeof projectSourceSchema>;

const settings = {
  defaultBranch: z.string().regex(/^(?!-)[^\s~^:?*[\\]{1,200}$/, 'no name of a branch'),
  schedules: z.strictObject({
    /** What becomes of schedules whose time went by while no server ran: one run for all of them, or none. */
    missed: z.enum(['run-once', 'skip']),
  }),
  /** What the tokens of jobs may do where no workflow says it: GitHub's restricted or its permissive ones. */
  defaultPermissions: z.enum(['read', 'write']),
  /** Whose pull requests from outside start nothing before somebody has approved: everybody's, that of who has none merged yet, or nobody's. */
  forkApproval: z.enum(['all', 'first-time', 'none']),
  keepFailedJobs: z.boolean(),
  /** The bundles of so many releases that completed in an environment before the one that serves are never removed. */
  rollbackReleases: z.number().int().min(0).max(100),
  quotas: quotasSchema,
  oidc: oidcSettingsSchema,
};

export const projectSettingsSchema = z.strictObject({
  source: projectSourceSchema.default({ kind: 'hosted' }),
  defaultBranch: settings.defaultBranch.default('main'),
  schedules: settings.schedules.default({ missed: 'run-once' }),
  defaultPermissions: settings.defaultPermissions.default('read'),
  forkApproval: settings.forkApproval.default('all'),
  /** Failed jobs are kept, so that they can go on from a step. */
  keepFailedJobs: settings.keepFailedJobs.default(true),
  rollbackReleases: settings.rollbackReleases.default(5),
  quotas: settings.quotas.prefault({}),
  oidc: settings.oidc.prefault({}),
});
export type ProjectSettings = z.infer<typeof projectSettingsSchema>;

const retentionDays = z.number().int().min(1).max(400);
const credentials = {
  /** Signs GitHub's webhooks. Never shown again. */
  webhookSecret: z.string().min(16).max(500).optional(),
  /** For GitHub's REST interface and for fetching. Never shown again. */
  githubToken: z.string().min(1).max(500).optional(),
};

export const newProjectSchema = z.strictObject({
  name: projectNameSchema,
  ...projectSettingsSchema.shape,
  retentionDays: retentionDays.optional(),
  ...credentials,
});
export type NewProjectBody = z.input<typeof newProjectSchema>;

/** What is left out stays as it is. */
export const projectChangeSchema = z.strictObject({
  defaultBranch: settings.defaultBranch.optional(),
  schedules: settings.schedules.optional(),
  defaultPermissions: settings.defaultPermissions.optional(),
  forkApproval: settings.forkApproval.optional(),
  keepFailedJobs: settings.keepFailedJobs.optional(),
  rollbackReleases: settings.rollbackReleases.optional(),
  /** Those that are named change. */
  quotas: quotaChangesSchema.optional(),
  oidc: settings.oidc.optional(),
  retentionDays: retentionDays.optional(),
  ...credentials,
});

export const projectSchema = z.object({
  name: z.string(),
  settings: projectSettingsSchema,
  retentionDays: z.number(),
  createdAt: time,
  /** Where to push to, or what is fetched from. */
  gitUrl: z.string(),
  /** For GitHub's settings; of GitHub projects only. */
  webhookUrl: z.string().optional(),
});
export type ProjectAnswer = z.infer<typeof projectSchema>;

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

const acceptedRun = z.object({
  runId: z.number(),
  number: z.number(),
  workflowPath: z.string(),
  name: z.string(),
});
export const acceptedRunSchema = acceptedRun;

const diagnostic = z.object({
  file: z.string(),
  line: z.number(),
  column: z.number(),
  severity: z.enum(['error', 'warning']),
  code: z.string(),
  message: z.string(),
  mend: z.string(),
});

/** What an event started, and why other workflows were not started. */
export const acceptanceSchema = z.object({
  kind: z.enum(['accepted', 'duplicate', 'refused']),
  eventId: z.number(),
  runs: z.array(acceptedRun),
  notStarted: z.array(z.object({ path: z.string(), reason: z.string() })),
  diagnostics: z.array(diagnostic),
});

export const eventSchema = z.object({
  id: z.number(),
  name: z.string(),
  deliveryId: z.string(),
  ref: z.string(),
  sha: z.string(),
  receivedAt: time,
  runs: z.array(z.number()),
  diagnostics: z.array(diagnostic),
});

export const runFilterSchema = z.strictObject({
  project: z.string().optional(),
  status: runStatus.optional(),
  conclusion: conclusion.optional(),
  event: z.string().optional(),
  /** Branch or tag, short or whole. */
  ref: z.string().optional(),
  sha: z.string().optional(),
  actor: z.string().optional(),
  /** Path or file name. */
  workflow: z.string().optional(),
  limit: z.coerce.number().int().min(1).max(100).default(30),
  /** `next` of the page before. */
  cursor: z.coerce.number().int().positive().optional(),
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
  conclusion: conclusion.nullable(),
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
  conclusion: conclusion.nullable(),
  reason: z.string().nullable(),
  createdAt: time,
  startedAt: time.nullable(),
  finishedAt: time.nullable(),
});

const step = z.object({
  step: z.number(),
  id: z.string().optional(),
  name: z.string(),
  phase: z.string(),
  startedAt: time,
  conclusion: conclusion.nullable(),
  outcome: conclusion.nullable(),
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
  conclusion: conclusion.nullable(),
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

export const scheduleSchema = z.object({
  workflowPath: z.string(),
  cron: z.string(),
  timezone: z.string(),
  nextAt: time,
  lastAt: time.nullable(),
});

export const errorBodySchema = z.object({
  error: z.object({ code: z.string(), message: z.string(), field: z.string().optional() }),
});
