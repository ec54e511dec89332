import { createRoute } from '@hono/zod-openapi';
import {
  type EnvironmentAnswer,
  environmentNameSchema,
  environmentSchema,
  environmentSettingsSchema,
  environmentsSchema,
} from '@slipway/contracts/api/environments';
import { allowedProject } from '../../access/project-access.ts';
import { removeEnvironment, setEnvironment } from '../../environments/change-environment.ts';
import { type EnvironmentRules, environmentKey } from '../../environments/environment-rules.ts';
import {
  type ProjectEnvironments,
  readEnvironment,
  readEnvironments,
} from '../../environments/read-environments.ts';
import type { ApiContext, ApiRouter } from './api-context.ts';
import { answers, answersNothing, body, noQuery, projectNameOf, projectParams } from './describe-route.ts';

const path = '/projects/{owner}/{name}/environments';
const environmentParams = projectParams.extend({ environment: environmentNameSchema });

const list = createRoute({
  method: 'get',
  path,
  summary: 'List the environments of a project with their rules',
  request: { params: projectParams, query: noQuery },
  responses: answers(200, 'As slipway.yml and settings say.', environmentsSchema),
});

const show = createRoute({
  method: 'get',
  path: `${path}/{environment}`,
  summary: 'Show an environment',
  request: { params: environmentParams, query: noQuery },
  responses: answers(200, 'The environment.', environmentSchema),
});

const set = createRoute({
  method: 'put',
  path: `${path}/{environment}`,
  summary: 'Set rules of an environment over those of slipway.yml, or make one',
  request: { params: environmentParams, body: body(environmentSettingsSchema) },
  responses: answers(200, 'The environment as it is now.', environmentSchema),
});

const remove = createRoute({
  method: 'delete',
  path: `${path}/{environment}`,
  summary: 'Forget what was set of an environment; one that slipway.yml does not define is gone',
  request: { params: environmentParams },
  responses: answersNothing('It is gone.'),
});

export function addEnvironmentRoutes(api: ApiRouter, context: ApiContext): void {
  const { store, notices } = context;
  api.openapi(list, async (c) => {
    const asking = { store, principal: c.var.principal, permission: 'project.read' as const };
    const { name } = await allowedProject(asking, projectNameOf(c.req.valid('param')));
    const all = await readEnvironments(context, name);
    const environments = Object.values(all.environments).map((rules) => answerOf(rules, all));
    return c.json({ environments, problem: all.problem }, 200);
  });
  api.openapi(show, async (c) => {
    const { environment, ...params } = c.req.valid('param');
    const asking = { store, principal: c.var.principal, permission: 'project.read' as const };
    const { name: project } = await allowedProject(asking, projectNameOf(params));
    const rules = await readEnvironment(context, { project, environment });
    return c.json(answerOf(rules, await readEnvironments(context, project)), 200);
  });
  api.openapi(set, async (c) => {
    const { environment, ...params } = c.req.valid('param');
    const asking = { store, principal: c.var.principal, permission: 'project.admin' as const };
    const { name: project } = await allowedProject(asking, projectNameOf(params));
    await setEnvironment(context, { project, environment, by: c.var.actor }, c.req.valid('json'));
    // Whoever waits may go on by the new rules.
    notices.notify(`project:${project}`);
    const rules = await readEnvironment(context, { project, environment });
    return c.json(answerOf(rules, await readEnvironments(context, project)), 200);
  });
  api.openapi(remove, async (c) => {
    const { environment, ...params } = c.req.valid('param');
    const asking = { store, principal: c.var.principal, permission: 'project.admin' as const };
    const { name: project } = await allowedProject(asking, projectNameOf(params));
    await removeEnvironment(context, { project, environment, by: c.var.actor });
    notices.notify(`project:${project}`);
    return c.body(null, 204);
  });
}

function answerOf(rules: EnvironmentRules, { stored }: ProjectEnvironments): EnvironmentAnswer {
  const { name, protection, windows, onFreeze, definedIn } = rules;
  const settings = stored[environmentKey(name)]?.settings ?? null;
  return {
    name,
    protection,
    windows: windows.map((window) =>
      window.kind === 'freeze' ? window : { ...window, weekdays: [...window.weekdays] },
    ),
    onFreeze,
    definedIn,
    settings,
  };
}
