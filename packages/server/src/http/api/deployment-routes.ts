import { createRoute } from '@hono/zod-openapi';
import {
  deploymentDetailSchema,
  deploymentSchema,
  doraSchema,
  environmentNameSchema,
  newDeploymentSchema,
  planRequestSchema,
  planSchema,
  rollbackAnswerSchema,
  rollbackSchema,
  rolloutEnvironmentSchema,
  unfreezeSchema,
  wordSchema,
} from '@slipway/contracts/api/delivery';
import { z } from 'zod';
import {
  deploymentAnswer,
  deploymentDetail,
  environmentAnswer,
  listEnvironments,
} from '../../delivery/deployment-answers.ts';
import { listDeployments } from '../../delivery/deployments.ts';
import { knownPlace } from '../../delivery/known-place.ts';
import { readDora } from '../../delivery/read-dora.ts';
import { registerPlan } from '../../delivery/register-plan.ts';
import { requestDeployment } from '../../delivery/request-deployment.ts';
import { requestRollback } from '../../delivery/request-rollback.ts';
import { clearFreeze, requireDeployment, sayWord } from '../../delivery/say-word.ts';
import type { ApiContext, ApiRouter } from './api-context.ts';
import { deploymentParams } from './deployment-params.ts';
import { answers, body, noQuery, projectNameOf, projectParams } from './describe-route.ts';
import { allowed, askerOf } from './release-routes.ts';

const root = '/projects/{owner}/{name}';

const plan = createRoute({
  method: 'post',
  path: `${root}/deployments/plan`,
  summary: 'Plan a deployment: what it would do, and the hash that an approval binds',
  request: { params: projectParams, body: body(planRequestSchema) },
  responses: answers(200, 'The plan. Nothing is changed.', planSchema),
});

const deploy = createRoute({
  method: 'post',
  path: `${root}/deployments`,
  summary: 'Request a deployment',
  request: { params: projectParams, body: body(newDeploymentSchema) },
  responses: answers(201, 'The deployment; it waits for its turn.', deploymentSchema),
});

const rollback = createRoute({
  method: 'post',
  path: `${root}/rollbacks`,
  summary: 'Go back: take back what is under way, or deploy what ran here before',
  request: { params: projectParams, body: body(rollbackSchema) },
  responses: answers(201, 'The deployment that goes back, or that is taken back.', rollbackAnswerSchema),
});

const list = createRoute({
  method: 'get',
  path: `${root}/deployments`,
  summary: 'List deployments',
  request: {
    params: projectParams,
    query: z.strictObject({
      environment: environmentNameSchema.optional(),
      limit: z.coerce.number().int().min(1).max(100).default(30),
    }),
  },
  responses: answers(200, 'The newest first.', z.object({ deployments: z.array(deploymentSchema) })),
});

const show = createRoute({
  method: 'get',
  path: `${root}/deployments/{deployment}`,
  summary: 'Show a deployment with its plan',
  request: { params: deploymentParams, query: noQuery },
  responses: answers(200, 'The deployment.', deploymentDetailSchema),
});

const word = createRoute({
  method: 'post',
  path: `${root}/deployments/{deployment}/{word}`,
  summary: 'Pause, resume, promote or abort a deployment',
  request: {
    params: deploymentParams.extend({ word: z.enum(['pause', 'resume', 'promote', 'abort']) }),
    body: body(wordSchema),
  },
  responses: answers(200, 'The deployment as it is now.', deploymentSchema),
});

const environments = createRoute({
  method: 'get',
  path: `${root}/delivery`,
  summary: 'List what runs in the environments, whether they are frozen, and drift',
  request: { params: projectParams, query: noQuery },
  responses: answers(
    200,
    'Environments that were ever deployed to.',
    z.object({ environments: z.array(rolloutEnvironmentSchema) }),
  ),
});

const environmentParams = projectParams.extend({ environment: environmentNameSchema });

const unfreeze = createRoute({
  method: 'post',
  path: `${root}/delivery/{environment}/unfreeze`,
  summary: 'Let deployments to an environment go on after a person has looked into what stranded',
  request: { params: environmentParams, body: body(unfreezeSchema) },
  responses: answers(200, 'The environment as it is now.', rolloutEnvironmentSchema),
});

const dora = createRoute({
  method: 'get',
  path: `${root}/delivery/{environment}/dora`,
  summary: 'Deployment frequency, lead time, change failure rate and time to restore',
  request: {
    params: environmentParams,
    query: z.strictObject({ days: z.coerce.number().int().min(1).max(730).default(30) }),
  },
  responses: answers(200, 'The figures.', doraSchema),
});

export function addDeploymentRoutes(api: ApiRouter, context: ApiContext): void {
  addRequests(api, context);
  addReading(api, context);
  const { store, delivery } = context;
  api.openapi(word, async (c) => {
    const { deployment, word: said, ...params } = c.req.valid('param');
    const { principal, actor: by } = c.var;
    const project = await allowed(context, principal, projectNameOf(params), 'deployment.write');
    const { reason } = c.req.valid('json');
    const after = await sayWord(delivery, { project, id: deployment }, { word: said, by, reason });
    return c.json(deploymentAnswer(after), 200);
  });
  api.openapi(unfreeze, async (c) => {
    const { environment, ...params } = c.req.valid('param');
    const { principal, actor: by } = c.var;
    const project = await allowed(context, principal, projectNameOf(params), 'deployment.write');
    const place = { project, environment };
    await clearFreeze(delivery, place, { by, reason: c.req.valid('json').reason });
    return c.json(await environmentAnswer(store, place), 200);
  });
}

function addRequests(api: ApiRouter, context: ApiContext): void {
  const { delivery, assertRoom } = context;
  api.openapi(plan, async (c) => {
    const { principal } = c.var;
    const project = await allowed(context, principal, projectNameOf(c.req.valid('param')), 'deployment.read');
    const made = await registerPlan(delivery, askerOf(project, c.var), c.req.valid('json'));
    return c.json({ planHash: made.planHash, plan: { ...made.plan } }, 200);
  });
  api.openapi(deploy, async (c) => {
    const { principal } = c.var;
    const project = await allowed(
      context,
      principal,
      projectNameOf(c.req.valid('param')),
      'deployment.write',
    );
    assertRoom();
    const deployment = await requestDeployment(delivery, askerOf(project, c.var), c.req.valid('json'));
    return c.json(deploymentAnswer(deployment), 201);
  });
  api.openapi(rollback, async (c) => {
    const { principal } = c.var;
    const project = await allowed(
      context,
      principal,
      projectNameOf(c.req.valid('param')),
      'deployment.write',
    );
    const { kind, deployment } = await requestRollback(
      delivery,
      askerOf(project, c.var),
      c.req.valid('json'),
    );
    return c.json({ kind, deployment: deploymentAnswer(deployment) }, 201);
  });
}

function addReading(api: ApiRouter, context: ApiContext): void {
  const { store, delivery } = context;
  api.openapi(list, async (c) => {
    const { principal } = c.var;
    const project = await allowed(context, principal, projectNameOf(c.req.valid('param')), 'deployment.read');
    const { environment, limit } = c.req.valid('query');
    const place =
      environment === undefined ? { project } : await knownPlace(delivery, { project, environment });
    const rows = await listDeployments(store, { ...place, limit });
    return c.json({ deployments: rows.map(deploymentAnswer) }, 200);
  });
  api.openapi(show, async (c) => {
    const { deployment, ...params } = c.req.valid('param');
    const project = await allowed(context, c.var.principal, projectNameOf(params), 'deployment.read');
    return c.json(deploymentDetail(await requireDeployment(delivery, { project, id: deployment })), 200);
  });
  api.openapi(environments, async (c) => {
    const { principal } = c.var;
    const project = await allowed(context, principal, projectNameOf(c.req.valid('param')), 'deployment.read');
    return c.json({ environments: await listEnvironments(store, project) }, 200);
  });
  api.openapi(dora, async (c) => {
    const { environment, ...params } = c.req.valid('param');
    const project = await allowed(context, c.var.principal, projectNameOf(params), 'deployment.read');
    const { days } = c.req.valid('query');
    return c.json(await readDora(delivery, { project, environment, days }), 200);
  });
}
