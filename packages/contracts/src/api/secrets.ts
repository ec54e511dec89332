import { z } from 'zod';

/** Secrets and variables of organisations, projects and environments. Times are epoch milliseconds. */
const time = z.number().int();

/** As on GitHub: compared and kept without case. */
export const variableNameSchema = z
  .string()
  .regex(/^[A-Za-z_][A-Za-z0-9_]{0,254}$/, 'letters, digits and underscores only, and no digit first')
  .refine((name) => !/^GITHUB_/i.test(name), 'names that begin with GITHUB_ are not yours to give')
  .transform((name) => name.toUpperCase());

const value = z.string().max(48 * 1024);

/** A secret is written, and never read again. */
export const secretValueSchema = z.strictObject({ value: value.min(1) });
export const variableValueSchema = z.strictObject({ value });

/** The part of a project's name before the slash. */
export const ownerSchema = z
  .string()
  .regex(/^[A-Za-z0-9](?:[A-Za-z0-9-]{0,37}[A-Za-z0-9])?$/, 'no name of an owner');

export const secretsSchema = z.object({
  secrets: z.array(z.object({ name: z.string(), createdAt: time, updatedAt: time })),
});
export type SecretsAnswer = z.infer<typeof secretsSchema>;

export const variablesSchema = z.object({
  vars: z.array(z.object({ name: z.string(), value: z.string(), createdAt: time, updatedAt: time })),
});
export type VariablesAnswer = z.infer<typeof variablesSchema>;

export const rotationSchema = z.object({
  /** Id of the key that everything is sealed with now. */
  keyId: z.string(),
  /** How many secrets were sealed anew. */
  resealed: z.number(),
});
export type RotationAnswer = z.infer<typeof rotationSchema>;
