import { z } from 'zod';
import { ResultsError } from './results-error.ts';

/**
 * One RPC of Twirp's JSON form: request parsed by a schema, answer as JSON. Field names are the protobuf's (snake_case); 64-bit
 * integers are strings; absent and default are the same. Unknown fields are left out, as protobuf readers do.
 */
export interface Rpc<Context> {
  answer(context: Context, body: unknown): Promise<unknown>;
}

export function rpc<Context, Request extends z.ZodType>(
  schema: Request,
  answer: (context: Context, request: z.infer<Request>) => Promise<Record<string, unknown>>,
): Rpc<Context> {
  return {
    answer(context, body) {
      const parsed = schema.safeParse(body);
      if (!parsed.success) throw new ResultsError('invalid_argument', z.prettifyError(parsed.error));
      return answer(context, parsed.data);
    },
  };
}

/** A wrapper such as google.protobuf.StringValue: in JSON the bare value. */
export const optionalText = z.string().nullish();

/** int64 in JSON is a string; readers take a number too. */
export const int64 = z
  .union([z.string().regex(/^\d{1,19}$/), z.number().int().nonnegative()])
  .transform(Number);

/** google.protobuf.Timestamp in JSON is RFC 3339; epoch milliseconds here. */
export const timestamp = z.iso.datetime({ offset: true }).transform((text) => Date.parse(text));
