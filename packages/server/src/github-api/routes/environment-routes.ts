import { steadyNumber } from '@slipway/workflow/triggers';
import { z } from 'zod';
import { nameOf } from '../../access/permission.ts';
import type { VisibleProjects } from '../../access/project-access.ts';
import { decideApproval, listApprovals } from '../../approvals/index.ts';
import { type EnvironmentRules, findEnvironment, readEnvironments } from '../../environments/index.ts';
import { enter, type GithubContext, type GithubRouter, type RepositoryCall } from '../github-context.ts';
import { GithubError, notFound } from '../github-error.ts';
import { pageOf } from '../pages.ts';
import { readBody } from '../read-body.ts';
import { requireRun } from '../records/runs.ts';
import { linksOf, nodeId, timeText } from '../shapes/links.ts';
import { userShape } from '../shapes/user.ts';

const decisionSchema = z.object({
  environment_ids: z.array(z.number().int()).min(1),
  state: z.enum(['approved', 'rejected']),
  comment: z.string().max(2000).default(''),
});
const mostRequests = 100;

/** Environments, and runs that wait for somebody's word. @see https://docs.github.com/en/rest/deployments/environments */
export function addEnvironmentRoutes(api: GithubRouter, context: GithubContext): void {
  const { store } = context;
  api.get('/repos/:owner/:repo/environments', async (c) => {
    const call = await enter(c, context, 'project.read');
    const { environments } = await readEnvironments(context, call.project.name);
    const all = Object.values(environments);
    const shown = pageOf(c, context.publicUrl, all).map((rules) => environmentShape(call, rules));
    return c.json({ total_count: all.length, environments: shown });
  });
  api.get('/repos/:owner/:repo/environments/:environment', async (c) => {
    const call = await enter(c, context, 'project.read');
    const { environments } = await readEnvironments(context, call.project.name);
    const rules = findEnvironment(environments, c.req.param('environment'));
    if (rules === undefined) throw notFound();
    return c.json(environmentShape(call, rules));
  });
  api.get('/repos/:owner/:repo/actions/runs/:run/pending_deployments', async (c) => {
    const call = await enter(c, context, 'project.read');
    return c.json((await pendingOf(call)).map(({ environment }) => pendingShape(call, environment)));
  });
  api.post('/repos/:owner/:repo/actions/runs/:run/pending_deployments', async (c) => {
    const call = await enter(c, context, 'approval.decide');
    const { environment_ids, state: verdict, comment } = await readBody(c, decisionSchema);
    const pending = await pendingOf(call);
    const meant = pending.filter(({ environment }) => environment_ids.includes(idOf(call, environment)));
    if (meant.length < environment_ids.length) {
      throw new GithubError(422, 'Not all of these environments wait for approval in this run.');
    }
    const by = nameOf(c.var.principal);
    for (const { id, bindingHash } of meant) {
      await decideApproval(context, { id, verdict, by, comment, bindingHash });
    }
    return c.json(meant.map(({ environment }) => pendingShape(call, environment)));
  });
  api.get('/repos/:owner/:repo/actions/runs/:run/approvals', async (c) => {
    const call = await enter(c, context, 'project.read');
    const { id: runId } = await requireRun(call);
    const requests = await listApprovals(store, { visible: own(call), runId, limit: mostRequests });
    const { server } = linksOf(call);
    const shown = requests.flatMap(({ environment, decisions }) =>
      decisions.map(({ verdict, by, comment }) => ({
        state: verdict,
        comment,
        environments: [pendingShape(call, environment).environment],
        user: userShape(by, server),
      })),
    );
    return c.json(shown);
  });
}

function own({ project }: RepositoryCall): VisibleProjects {
  return { kind: 'some', names: [project.name.toLowerCase()] };
}

async function pendingOf(call: RepositoryCall) {
  const { id: runId } = await requireRun(call);
  const { store } = call.context;
  return listApprovals(store, { visible: own(call), runId, state: 'pending', limit: mostRequests });
}

function idOf({ project }: RepositoryCall, environment: string): number {
  return steadyNumber(`${project.name}\nenvironment ${environment.toLowerCase()}`);
}

function pendingShape(call: RepositoryCall, name: string) {
  const { api, html } = linksOf(call);
  const id = idOf(call, name);
  const url = `${api}/environments/${encodeURIComponent(name)}`;
  return {
    environment: {
      id,
      node_id: nodeId('Environment', id),
      name,
      url,
      html_url: `${html}/deployments/${name}`,
    },
    wait_timer: 0,
    wait_timer_started_at: null,
    // Who may decide is the rules' to say; it is found out when somebody does.
    current_user_can_approve: call.c.var.principal.kind === 'person',
    reviewers: [],
  };
}

function environmentShape(call: RepositoryCall, { name, protection }: EnvironmentRules) {
  const { reviewers, preventSelfReview } = protection;
  const at = timeText(call.project.createdAt);
  const id = idOf(call, name);
  const { server } = linksOf(call);
  return {
    ...pendingShape(call, name).environment,
    created_at: at,
    updated_at: at,
    protection_rules:
      reviewers.length === 0
        ? []
        : [
            {
              id,
              node_id: nodeId('GateRule', id),
              type: 'required_reviewers',
              prevent_self_review: preventSelfReview,
              reviewers: reviewers.map((one) => ({ type: 'User', reviewer: userShape(one, server) })),
            },
          ],
    deployment_branch_policy: null,
  };
}
