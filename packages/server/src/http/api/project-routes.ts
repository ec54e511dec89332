import { createRoute } from '@hono/zod-openapi';
import {
  newProjectSchema,
  type ProjectAnswer,
  projectChangeSchema,
  projectSchema,
} from '@slipway/contracts/api/projects';
import { z } from 'zod';
import { recordAudit } from '../../access/audit.ts';
import type { Permission } from '../../access/permission.ts';
import { requireServerAdmin } from '../../access/permission.ts';
import type { Principal } from '../../access/principal.ts';
import { allowedProject, isVisible, visibleProjects } from '../../access/project-access.ts';
import { changeProject, setUpProject } from '../../projects/change-project.ts';
import { listProjects, type Project } from '../../projects/find-project.ts';
import type { ApiContext, ApiRouter } from './api-context.ts';
import { answers, body, noQuery, projectNameOf, projectParams } from './describe-route.ts';

const list = createRoute({
  method: 'get',
  path: '/projects',
  summary: 'List projects',
  request: { query: noQuery },
  responses: answers(200, 'All projects, by name.', z.object({ projects: z.array(projectSchema) })),
});

const create = createRoute({
  method: 'post',
  path: '/projects',
  summary: 'Create a project, hosted here or on GitHub',
  request: { body: body(newProjectSchema) },
  responses: answers(201, 'The project.', projectSchema),
});

const show = createRoute({
  method: 'get',
  path: '/projects/{owner}/{name}',
  summary: 'Show a project',
  request: { params: projectParams, query: noQuery },
  responses: answers(200, 'The project.', projectSchema),
});

const change = createRoute({
  method: 'patch',
  path: '/projects/{owner}/{name}',
  summary: 'Change settings of a project',
  request: { params: projectParams, body: body(projectChangeSchema) },
  responses: answers(200, 'The project as it is now.', projectSchema),
});

export function addProjectRoutes(api: ApiRouter, context: ApiContext): void {
  const { store, now } = context;
  const note = (decision: { action: string; actor: string; project: string; subject: string }) =>
    recordAudit(store, { ...decision, at: now(), outcome: 'done' });
  const shown = (project: Project) => projectAnswer(project, context.publicUrl);
  const projectOf = (
    principal: Principal,
    permission: Permission,
    params: z.infer<typeof projectParams>,
  ): Promise<Project> => allowedProject({ store, principal, permission }, projectNameOf(params));
  api.openapi(list, async (c) => {
    const visible = visibleProjects(c.var.principal);
    const projects = (await listProjects(store)).filter(({ name }) => isVisible(visible, name));
    return c.json({ projects: projects.map(shown) }, 200);
  });
  api.openapi(create, async (c) => {
    requireServerAdmin(c.var.principal);
    context.assertRoom();
    const project = await setUpProject(context, c.req.valid('json'));
    context.onProjectChanged(project, c.var.actor);
    await note({
      action: 'project.created',
      actor: c.var.actor,
      project: project.name,
      subject: project.name,
    });
    return c.json(shown(project), 201);
  });
  api.openapi(show, async (c) => {
    return c.json(shown(await projectOf(c.var.principal, 'project.read', c.req.valid('param'))), 200);
  });
  api.openapi(change, async (c) => {
    const project = await projectOf(c.var.principal, 'project.admin', c.req.valid('param'));
    const change = c.req.valid('json');
    const changed = await changeProject(context, project, change);
    context.onProjectChanged(changed, c.var.actor);
    const subject = Object.keys(change).join(', ');
    await note({ action: 'project.changed', actor: c.var.actor, project: project.name, subject });
    return c.json(shown(changed), 200);
  });
}

function projectAnswer(
  { name, settings, retentionDays, createdAt }: Project,
  publicUrl: string,
): ProjectAnswer {
  const base = { name, settings, retentionDays, createdAt };
  const { source } = settings;
  if (source.kind === 'hosted') return { ...base, gitUrl: `${publicUrl}/${name}.git` };
  return {
    ...base,
    gitUrl: source.cloneUrl ?? `https://github.com/${name}.git`,
    webhookUrl: `${publicUrl}/webhooks/github`,
  };
}
