import { z } from 'zod';
import { projectNameSchema } from './projects.ts';

/** Users, roles, tokens, sessions and the audit log in the REST interface. Times are epoch milliseconds. */

/** From least to most: each may do what those before it may. */
export const roleNames = ['reader', 'developer', 'deployer', 'admin'] as const;

/** What can be asked for in a project; a token may be limited to some of it. */
export const permissionNames = [
  'project.read',
  'metadata.read',
  'code.read',
  'code.write',
  'run.write',
  'pull-request.read',
  'pull-request.write',
  'issue.read',
  'issue.write',
  'status.read',
  'status.write',
  'check.read',
  'check.write',
  'release.write',
  'security-event.read',
  'security-event.write',
  'deployment.read',
  'deployment.write',
  'approval.decide',
  'project.admin',
] as const;

const time = z.number().int();
const role = z.enum(roleNames);
const scopes = z.array(z.enum(permissionNames)).max(permissionNames.length);

/** Names that stand for the server itself in logs and on GitHub. */
const ownNames = ['admin', 'slipway', 'github-actions', 'job', 'runner', 'ghost'];

/** As GitHub's logins; kept in lower case. */
export const userNameSchema = z
  .string()
  .regex(/^[A-Za-z0-9](?:[A-Za-z0-9-]{0,37}[A-Za-z0-9])?$/, 'letters, digits and dashes inside, at most 39')
  .refine((name) => !ownNames.includes(name.toLowerCase()), 'kept for the server itself');

export const passwordSchema = z.string().min(12, 'at least 12 characters').max(200);

/** Another password for who asks. */
export const passwordChangeSchema = z.strictObject({
  current: z.string().min(1).max(200),
  password: passwordSchema,
});

/** Who asks, as the server sees it. */
export const selfSchema = z.object({
  kind: z.enum(['person', 'job', 'runner']),
  name: z.string(),
  isServerAdmin: z.boolean(),
  /** By project, in lower case. */
  roles: z.record(z.string(), role),
  /** Of a token that is limited; null: whatever the user may. */
  scopes: scopes.nullable(),
});
export type SelfAnswer = z.infer<typeof selfSchema>;

export const userSchema = z.object({
  name: z.string(),
  isServerAdmin: z.boolean(),
  roles: z.record(z.string(), role),
  /** How the user signs in; `none`: has yet to choose a password. */
  signsInBy: z.enum(['password', 'oidc', 'none']),
  disabled: z.boolean(),
  createdAt: time,
});
export type UserAnswer = z.infer<typeof userSchema>;

export const newUserSchema = z.strictObject({
  name: userNameSchema,
  isServerAdmin: z.boolean().default(false),
});

/** What is left out stays as it is. */
export const userChangeSchema = z.strictObject({
  isServerAdmin: z.boolean().optional(),
  /** `true`: tokens, sessions, roles and password are gone. */
  disabled: z.literal(true).optional(),
});

/** A link that is good once, to choose a password with. */
export const userLinkSchema = z.object({ user: userSchema, link: z.string(), expiresAt: time });
export type UserLinkAnswer = z.infer<typeof userLinkSchema>;

export const memberSchema = z.object({ user: z.string(), role, source: z.enum(['given', 'oidc']) });
export type MemberAnswer = z.infer<typeof memberSchema>;
export const memberChangeSchema = z.strictObject({ role });

const tokenName = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/, 'letters, digits, dots and dashes');
const lifeDays = z.number().int().min(1).max(366).default(90);

export const newTokenSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('person'),
    name: tokenName,
    /** Null: whatever the owner may. */
    scopes: scopes.nullable().default(null),
    /** Good for this project only. */
    project: projectNameSchema.optional(),
    expiresInDays: lifeDays,
    /** For somebody else; server admins only. */
    user: userNameSchema.optional(),
  }),
  z.strictObject({
    kind: z.literal('runner'),
    /** Its runners are called `<name>/…`. */
    name: tokenName,
    /** Null: does not expire. */
    expiresInDays: z.number().int().min(1).max(3660).nullable().default(null),
  }),
]);
export type NewTokenBody = z.input<typeof newTokenSchema>;

export const tokenSchema = z.object({
  id: z.number(),
  kind: z.enum(['person', 'runner']),
  name: z.string(),
  /** Of a runner's: who made it. */
  owner: z.string(),
  scopes: scopes.nullable(),
  project: z.string().nullable(),
  createdAt: time,
  expiresAt: time.nullable(),
  revokedAt: time.nullable(),
  /** To the minute. */
  lastUsedAt: time.nullable(),
});
export type TokenAnswer = z.infer<typeof tokenSchema>;

/** The token itself is shown this once. */
export const madeTokenSchema = tokenSchema.extend({ token: z.string() });
export type MadeToken = z.infer<typeof madeTokenSchema>;

/** Name and password for a session of a browser. */
export const signInSchema = z.strictObject({
  user: z.string().min(1).max(100),
  password: z.string().min(1).max(200),
});
/** The same for a token of a program. */
export const tokenSignInSchema = signInSchema.extend({ name: tokenName, expiresInDays: lifeDays });

/** A browser's session; `csrfToken` goes into `X-Slipway-Csrf` of every request that changes something. */
export const sessionSchema = z.object({ user: z.string(), csrfToken: z.string(), expiresAt: time });
export type SessionAnswer = z.infer<typeof sessionSchema>;

export const auditFilterSchema = z.strictObject({
  project: projectNameSchema.optional(),
  actor: z.string().max(200).optional(),
  /** An action, or with `.` at its end all that begin so, e.g. `token.`. */
  action: z.string().max(100).optional(),
  outcome: z.enum(['done', 'refused']).optional(),
  /** Not before this moment. */
  since: z.coerce.number().int().nonnegative().optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
  /** `next` of the page before. */
  cursor: z.coerce.number().int().positive().optional(),
});

export const auditPageSchema = z.object({
  entries: z.array(
    z.object({
      id: z.number(),
      at: time,
      /** Empty: nobody who is known. */
      actor: z.string(),
      action: z.string(),
      project: z.string().nullable(),
      subject: z.string(),
      outcome: z.enum(['done', 'refused']),
      detail: z.record(z.string(), z.unknown()),
    }),
  ),
  next: z.number().nullable(),
});
export type AuditPage = z.infer<typeof auditPageSchema>;
