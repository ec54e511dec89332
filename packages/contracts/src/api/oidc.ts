import { z } from 'zod';

/** Which jobs a subject is asked for. */
export const oidcQuerySchema = z
  .strictObject({
    environment: z.string().min(1).max(255).optional(),
    /** Branch or tag, short or whole; default: the default branch. */
    ref: z.string().min(1).max(300).optional(),
    pullRequest: z.literal('true').optional(),
  })
  .refine((query) => Object.values(query).filter((value) => value !== undefined).length <= 1, {
    message: 'environment, ref and pullRequest exclude each other',
  });

/** What clouds must know to trust jobs of a project. */
export const oidcSchema = z.object({
  /** The `iss` of its tokens; the keys are found from there. */
  issuer: z.string(),
  /** The `aud` of tokens for which a job names none. */
  defaultAudience: z.string(),
  /** The `sub` of tokens of the jobs that were asked for. */
  subject: z.string(),
});
export type OidcAnswer = z.infer<typeof oidcSchema>;

/** How ID tokens of the project's jobs name their subject. */
export const oidcSettingsSchema = z.strictObject({
  /** `name`: `repo:owner/name:…`; `id`: `repo:owner@id/name@id:…`, with GitHub's ids of projects on GitHub. */
  subject: z.enum(['name', 'id']).default('name'),
});
