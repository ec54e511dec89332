import { SlipwayError } from '@slipway/contracts/errors';
import type { GraphQLSchema } from 'graphql';
import { z } from 'zod';
import type { GithubContext, GithubRouter } from '../github-context.ts';
import { GithubError } from '../github-error.ts';
import { mutationsOf } from '../graphql/mutations.ts';
import { queriesOf } from '../graphql/queries.ts';
import { schemaText } from '../graphql/schema.ts';
import { readBody } from '../read-body.ts';

const requestSchema = z.object({
  query: z.string().max(100_000),
  variables: z.record(z.string(), z.unknown()).nullish(),
  operationName: z.string().nullish(),
});
/** gh's deepest query is about a third of it. */
const mostDepth = 30;

/** The few queries and changes that `gh pr`, `gh release` and `gh repo` need. What is not in the schema is refused by name. */
export function addGraphqlRoute(graphql: GithubRouter, context: GithubContext): void {
  let schema: GraphQLSchema | undefined;
  graphql.post('/api/graphql', async (c) => {
    const { query: source, variables, operationName } = await readBody(c, requestSchema);
    // Few servers are ever asked.
    const { buildSchema, graphql: execute } = await import('graphql');
    schema ??= buildSchema(schemaText);
    if (depthOf(source) > mostDepth)
      throw new SlipwayError('bad-request', { message: 'The query is too deep.' });
    const caller = { c, context };
    const { data, errors } = await execute({
      schema,
      source,
      rootValue: { ...queriesOf(caller), ...mutationsOf(caller) },
      variableValues: variables ?? {},
      operationName: operationName ?? null,
    });
    return c.json({
      data: data ?? null,
      ...(errors !== undefined && { errors: errors.map(shown) }),
    });
  });
}

/** How deep braces are nested. */
function depthOf(source: string): number {
  let depth = 0;
  let deepest = 0;
  for (const letter of source) {
    if (letter === '{') deepest = Math.max(deepest, ++depth);
    else if (letter === '}') depth -= 1;
  }
  return deepest;
}

interface Failure {
  message: string;
  path?: readonly (string | number)[] | undefined;
  originalError?: Error | undefined;
}

/** @throws what nobody has foreseen */
function shown({ message, path, originalError }: Failure) {
  if (originalError === undefined) {
    return {
      message: `${message} Slipway serves the part of GraphQL that gh needs; the rest is at /api/v3.`,
    };
  }
  if (!(originalError instanceof SlipwayError) && !(originalError instanceof GithubError))
    throw originalError;
  const type = errorTypes[originalError.status] ?? 'UNPROCESSABLE';
  return { type, message, ...(path !== undefined && { path }) };
}

const errorTypes: Record<number, string> = { 403: 'FORBIDDEN', 404: 'NOT_FOUND' };
