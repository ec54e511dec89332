import { refusalOf } from '@slipway/delivery';
import { steadyNumber } from '@slipway/workflow/triggers';
import { z } from 'zod';
import { nameOf } from '../../access/permission.ts';
import type { VisibleProjects } from '../../access/project-access.ts';
import { type ApprovalRequest, decideApproval, listApprovals } from '../../approvals/index.ts';
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
    return c.json(await showPending(call, await pendingOf(call)));
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
    return c.json(await showPending(call, meant));
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
        environments: [namedShape(call, environment)],
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

async function showPending(call: RepositoryCall, pending: readonly ApprovalRequest[]) {
  const { environments } = await readEnvironments(call.context, call.project.name);
  return pending.map((one) => pendingShape(call, one, findEnvironment(environments, one.environment)));
}

function idOf({ project }: RepositoryCall, environment: string): number {
  return steadyNumber(`${project.name}\nenvironment ${environment.toLowerCase()}`);
}

/** An environment where others name it. */
function namedShape(call: RepositoryCall, name: string) {
  const { api, html } = linksOf(call);
  const id = idOf(call, name);
  const at = encodeURIComponent(name);
  return {
    id,
    node_id: nodeId('Environment', id),
    name,
    url: `${api}/environments/${at}`,
    html_url: `${html}/deployments/${at}`,
  };
}

function pendingShape(call: RepositoryCall, request: ApprovalRequest, rules: EnvironmentRules | undefined) {
  const { server } = linksOf(call);
  const reviewers = rules?.protection.reviewers ?? [];
  return {
    environment: namedShape(call, request.environment),
    wait_timer: 0,
    wait_timer_started_at: null,
    current_user_can_approve: mayApprove(call, request, rules),
    reviewers: reviewers.map((one) => ({ type: 'User', reviewer: userShape(one, server) })),
  };
}

function mayApprove(
  { c, context }: RepositoryCall,
  { requestedBy }: ApprovalRequest,
  rules: EnvironmentRules | undefined,
): boolean {
  const { principal } = c.var;
  if (rules === undefined || principal.kind !== 'person') return false;
  const nowMs = context.now();
  const word = { by: nameOf(principal), atMs: nowMs, planHash: '', verdict: 'approved' } as const;
  return refusalOf(word, { ...rules.protection, requestedBy, planHash: '', nowMs }) === undefined;
}

function environmentShape(call: RepositoryCall, { name, protection }: EnvironmentRules) {
  const { reviewers, preventSelfReview } = protection;
  const at = timeText(call.project.createdAt);
  const id = idOf(call, name);
  const { server } = linksOf(call);
  return {
    ...namedShape(call, name),
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
