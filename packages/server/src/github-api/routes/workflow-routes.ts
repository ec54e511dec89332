import { z } from 'zod';
import { nameOf } from '../../access/permission.ts';
import { dispatchEvent } from '../../events/dispatch-event.ts';
import { dispatchWorkflow } from '../../events/dispatch-workflow.ts';
import { workflowNumber } from '../../events/workflow-number.ts';
import { readCommitWorkflows } from '../../repositories/read-workflows.ts';
import { findCommit } from '../git/find-commit.ts';
import { enter, type GithubContext, type GithubRouter, type RepositoryCall } from '../github-context.ts';
import { notFound } from '../github-error.ts';
import { pageOf } from '../pages.ts';
import { readBody } from '../read-body.ts';
import { linksOf, nodeId, timeText } from '../shapes/links.ts';
import { listRuns } from './run-routes.ts';

const dispatchSchema = z.object({
  ref: z.string().min(1).max(300),
  inputs: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).default({}),
  return_run_details: z.boolean().default(false),
});
const eventSchema = z.object({
  event_type: z.string().min(1).max(100),
  client_payload: z.record(z.string(), z.unknown()).default({}),
});

/** @see https://docs.github.com/en/rest/actions/workflows */
export function addWorkflowRoutes(api: GithubRouter, context: GithubContext): void {
  const { publicUrl } = context;
  api.get('/repos/:owner/:repo/actions/workflows', async (c) => {
    const call = await enter(c, context, 'project.read');
    const all = await workflowsOf(call);
    return c.json({
      total_count: all.length,
      workflows: pageOf(c, publicUrl, all).map((workflow) => workflowShape(call, workflow)),
    });
  });
  api.get('/repos/:owner/:repo/actions/workflows/:workflow', async (c) => {
    const call = await enter(c, context, 'project.read');
    return c.json(workflowShape(call, await requireWorkflow(call)));
  });
  api.get('/repos/:owner/:repo/actions/workflows/:workflow/runs', async (c) => {
    const call = await enter(c, context, 'project.read');
    return listRuns(c, context, (await requireWorkflow(call)).path);
  });
  api.post('/repos/:owner/:repo/actions/workflows/:workflow/dispatches', async (c) => {
    const call = await enter(c, context, 'run.write');
    context.assertRoom();
    const { ref, inputs, return_run_details } = await readBody(c, dispatchSchema);
    const run = await dispatchWorkflow(context, call.project, {
      workflow: c.req.param('workflow'),
      ref,
      inputs: Object.fromEntries(Object.entries(inputs).map(([name, value]) => [name, String(value)])),
      actor: nameOf(c.var.principal),
    });
    if (!return_run_details) return c.body(null, 204);
    const { api: url, html } = linksOf(call);
    return c.json({
      workflow_run_id: run.runId,
      run_url: `${url}/actions/runs/${run.runId}`,
      html_url: `${html}/actions/runs/${run.runId}`,
    });
  });
  api.post('/repos/:owner/:repo/dispatches', async (c) => {
    const call = await enter(c, context, 'code.write');
    context.assertRoom();
    const { event_type: type, client_payload: clientPayload } = await readBody(c, eventSchema);
    await dispatchEvent(context, call.project, { type, clientPayload, actor: nameOf(c.var.principal) });
    return c.body(null, 204);
  });
}

interface KnownWorkflow {
  id: number;
  name: string;
  path: string;
}

/** Of the default branch. */
async function workflowsOf({ context, project, directory }: RepositoryCall): Promise<KnownWorkflow[]> {
  const sha = await findCommit(directory, `refs/heads/${project.settings.defaultBranch}`);
  if (sha === null) return [];
  const { models, readRemote } = context;
  const { workflows } = await readCommitWorkflows({ directory, sha, models, readRemote });
  return workflows.map(({ path, name = path }) => ({ id: workflowNumber(project.name, path), name, path }));
}

/** By its number, or the name of its file. @throws GithubError 404 */
async function requireWorkflow(call: RepositoryCall): Promise<KnownWorkflow> {
  const wanted = call.c.req.param('workflow') ?? '';
  const found = (await workflowsOf(call)).find(
    ({ id, path }) => String(id) === wanted || path === wanted || path === `.github/workflows/${wanted}`,
  );
  if (found === undefined) throw notFound();
  return found;
}

function workflowShape(call: RepositoryCall, { id, name, path }: KnownWorkflow) {
  const { api, html } = linksOf(call);
  const at = timeText(call.project.createdAt);
  return {
    id,
    node_id: nodeId('Workflow', id),
    name,
    path,
    state: 'active',
    created_at: at,
    updated_at: at,
    url: `${api}/actions/workflows/${id}`,
    html_url: `${html}/blob/${call.project.settings.defaultBranch}/${path}`,
    badge_url: `${html}/workflows/${encodeURIComponent(name)}/badge.svg`,
  };
}
