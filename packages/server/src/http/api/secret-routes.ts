import { createRoute } from '@hono/zod-openapi';
import { environmentNameSchema } from '@slipway/contracts/api/environments';
import {
  ownerSchema,
  rotationSchema,
  secretsSchema,
  secretValueSchema,
  variableNameSchema,
  variablesSchema,
  variableValueSchema,
} from '@slipway/contracts/api/secrets';
import { z } from 'zod';
import { requirePermission, requireServerAdmin } from '../../access/permission.ts';
import type { Principal } from '../../access/principal.ts';
import { readEnvironment } from '../../environments/read-environments.ts';
import { findProject } from '../../projects/find-project.ts';
import type { Scope } from '../../secrets/scope.ts';
import { listSecrets, removeSecret, rotateSecretKey, setSecret } from '../../secrets/secret-vault.ts';
import { listVariables, removeVariable, setVariable } from '../../secrets/variables.ts';
import type { ApiContext, ApiRouter } from './api-context.ts';
import { answers, answersNothing, body, noQuery, projectNameOf, projectParams } from './describe-route.ts';

/** Where secrets and variables are set: the same routes below each. */
const places = [
  { path: '/organizations/{owner}', params: z.object({ owner: ownerSchema }), what: 'an organisation' },
  { path: '/projects/{owner}/{name}', params: projectParams, what: 'a project' },
  {
    path: '/projects/{owner}/{name}/environments/{environment}',
    params: projectParams.extend({ environment: environmentNameSchema }),
    what: 'an environment',
  },
] as const;

export function addSecretRoutes(api: ApiRouter, context: ApiContext): void {
  for (const { path, params, what } of places) {
    addSecrets(api, context, { path, params: params as unknown as PlaceSchema, what });
    addVariables(api, context, { path, params: params as unknown as PlaceSchema, what });
  }
  const rotate = createRoute({
    method: 'post',
    path: '/secret-keys/rotate',
    summary: 'Seal all secrets with another key, while the server goes on',
    responses: answers(200, 'The key that everything is sealed with now.', rotationSchema),
  });
  api.openapi(rotate, async (c) => {
    requireServerAdmin(c.var.principal);
    return c.json(await rotateSecretKey(context.secrets, c.var.actor), 200);
  });
}

type PlaceSchema = z.ZodObject<{
  owner: z.ZodString;
  name: z.ZodOptional<z.ZodString>;
  environment: z.ZodOptional<z.ZodString>;
}>;

interface Place {
  path: string;
  params: PlaceSchema;
  what: string;
}

function addSecrets(api: ApiRouter, context: ApiContext, { path, params, what }: Place): void {
  const { secrets } = context;
  const list = createRoute({
    method: 'get',
    path: `${path}/secrets`,
    summary: `List the secrets of ${what}`,
    request: { params, query: noQuery },
    responses: answers(200, 'Names and dates, never values.', secretsSchema),
  });
  const named = params.extend({ secret: variableNameSchema });
  const set = createRoute({
    method: 'put',
    path: `${path}/secrets/{secret}`,
    summary: `Set a secret of ${what}`,
    request: { params: named, body: body(secretValueSchema) },
    responses: answersNothing('It is set, for jobs that are claimed from now on.'),
  });
  const remove = createRoute({
    method: 'delete',
    path: `${path}/secrets/{secret}`,
    summary: `Remove a secret of ${what}`,
    request: { params: named },
    responses: answersNothing('It is gone.'),
  });
  api.openapi(list, async (c) => {
    const scope = await allowedScope(context, c.var.principal, c.req.valid('param'));
    return c.json({ secrets: await listSecrets(secrets, scope) }, 200);
  });
  api.openapi(set, async (c) => {
    const { secret: name, ...place } = c.req.valid('param');
    const scope = await allowedScope(context, c.var.principal, place);
    await setSecret(secrets, { scope, name, value: c.req.valid('json').value, by: c.var.actor });
    return c.body(null, 204);
  });
  api.openapi(remove, async (c) => {
    const { secret: name, ...place } = c.req.valid('param');
    const scope = await allowedScope(context, c.var.principal, place);
    await removeSecret(secrets, { scope, name, by: c.var.actor });
    return c.body(null, 204);
  });
}

function addVariables(api: ApiRouter, context: ApiContext, { path, params, what }: Place): void {
  const clock = () => ({ store: context.store, now: context.now() });
  const list = createRoute({
    method: 'get',
    path: `${path}/vars`,
    summary: `List the variables of ${what}`,
    request: { params, query: noQuery },
    responses: answers(200, 'By name.', variablesSchema),
  });
  const named = params.extend({ variable: variableNameSchema });
  const set = createRoute({
    method: 'put',
    path: `${path}/vars/{variable}`,
    summary: `Set a variable of ${what}`,
    request: { params: named, body: body(variableValueSchema) },
    responses: answersNothing('It is set, for events that come in from now on; of an environment for jobs.'),
  });
  const remove = createRoute({
    method: 'delete',
    path: `${path}/vars/{variable}`,
    summary: `Remove a variable of ${what}`,
    request: { params: named },
    responses: answersNothing('It is gone.'),
  });
  api.openapi(list, async (c) => {
    const scope = await allowedScope(context, c.var.principal, c.req.valid('param'));
    return c.json({ vars: await listVariables(context.store, scope) }, 200);
  });
  api.openapi(set, async (c) => {
    const { variable: name, ...place } = c.req.valid('param');
    const scope = await allowedScope(context, c.var.principal, place);
    await setVariable(clock(), { scope, name, value: c.req.valid('json').value, by: c.var.actor });
    return c.body(null, 204);
  });
  api.openapi(remove, async (c) => {
    const { variable: name, ...place } = c.req.valid('param');
    const scope = await allowedScope(context, c.var.principal, place);
    await removeVariable(clock(), { scope, name, by: c.var.actor });
    return c.body(null, 204);
  });
}

/**
 * Where somebody may set something: who may not is told so before anything is looked up.
 * @throws SlipwayError `forbidden`, `unknown-project`, `unknown-environment`
 */
async function allowedScope(
  context: ApiContext,
  principal: Principal,
  {
    owner,
    name,
    environment,
  }: { owner: string; name?: string | undefined; environment?: string | undefined },
): Promise<Scope> {
  if (name === undefined) {
    requireServerAdmin(principal);
    return { kind: 'organization', owner };
  }
  const asked = projectNameOf({ owner, name });
  requirePermission(principal, 'project.admin', asked);
  const { name: project } = await findProject(context.store, asked);
  if (environment === undefined) return { kind: 'project', project };
  return {
    kind: 'environment',
    project,
    environment: (await readEnvironment(context, { project, environment })).name,
  };
}
