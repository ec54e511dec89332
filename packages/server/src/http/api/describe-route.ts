import { errorBodySchema } from '@slipway/contracts/api/error-body';
import { projectNameSchema } from '@slipway/contracts/api/projects';
import { rowNumberSchema } from '@slipway/contracts/api/row-number';
import { z } from 'zod';

/** A JSON answer, and what every route may answer instead. */
export function answers<Status extends number, Schema extends z.ZodType>(
  status: Status,
  description: string,
  schema: Schema,
) {
  return {
    ...problems,
    [status]: { description, content: { 'application/json': { schema } } },
  } as unknown as {
    [key in Status]: { description: string; content: { 'application/json': { schema: Schema } } };
  };
}

/** An answer without a body. */
export function answersNothing(description: string) {
  return { ...problems, 204: { description } } as { 204: { description: string } };
}

/** A JSON body that must be there. */
export function body<Schema extends z.ZodType>(schema: Schema) {
  return { required: true, content: { 'application/json': { schema } } } as const;
}

const problems = {
  default: {
    description: 'What is wrong, with a code of the table of errors.',
    content: { 'application/json': { schema: errorBodySchema } },
  },
};

/** Of a path below `/projects/{owner}/{name}`. */
export const projectParams = z.object({ owner: z.string(), name: z.string() });

/** @throws ZodError */
export function projectNameOf({ owner, name }: z.infer<typeof projectParams>): string {
  return projectNameSchema.parse(`${owner}/${name}`);
}

export const runParams = z.object({ run: rowNumberSchema });
export const jobParams = z.object({ job: rowNumberSchema });
export const noQuery = z.strictObject({});
