import { z } from 'zod';

const oneOrMore = <Schema extends z.ZodType>(schema: Schema) =>
  z.union([schema, z.array(schema)]).transform((value) => (Array.isArray(value) ? value : [value]));

const conditionValue = z.union([z.string(), z.boolean(), z.number()]).transform(String);

const statementSchema = z.strictObject({
  Sid: z.string().optional(),
  Effect: z.enum(['Allow', 'Deny']),
  Principal: z.union([z.literal('*'), z.record(z.string(), oneOrMore(z.string()))]),
  Action: oneOrMore(z.string()),
  Condition: z.record(z.string(), z.record(z.string(), oneOrMore(conditionValue))).default({}),
});

const policySchema = z.strictObject({
  Version: z.string().optional(),
  Id: z.string().optional(),
  Statement: oneOrMore(statementSchema),
});

/** The trust policy of a role, as far as it decides about tokens. */
export type TrustPolicy = z.output<typeof policySchema>;
export type Statement = z.output<typeof statementSchema>;

/** @returns the policy, or what is wrong with the text, one clause */
export function readTrustPolicy(text: string): { policy: TrustPolicy } | { mistake: string } {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return { mistake: `it is no JSON: ${error instanceof Error ? error.message : error}` };
  }
  const { success, data, error } = policySchema.safeParse(value);
  if (success) return { policy: data };
  const [issue] = error.issues;
  return { mistake: `${issue?.path.join('.') || 'the policy'}: ${issue?.message}` };
}
