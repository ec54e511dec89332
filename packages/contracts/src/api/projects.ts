import { z } from 'zod';
import { oidcSettingsSchema } from './oidc.ts';
import { quotaChangesSchema, quotasSchema } from './quotas.ts';

/** Projects: where their code is, and their settings. Times are epoch milliseconds. */
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
