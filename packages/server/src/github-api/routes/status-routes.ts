import { z } from 'zod';
import {
  addCommitStatus,
  type CommitStatus,
  latestCommitStatuses,
  listCommitStatuses,
} from '../../checks/commit-statuses.ts';
import { commitOfBody, requireCommit } from '../git/find-commit.ts';
import {
  enter,
  type GithubContext,
  type GithubRouter,
  makerOf,
  type RepositoryCall,
} from '../github-context.ts';
import { pageOf } from '../pages.ts';
import { optionalText, readBody } from '../read-body.ts';
import { linksOf, nodeId, timeText } from '../shapes/links.ts';
import { repositoryShape } from '../shapes/repository.ts';
import { userShape } from '../shapes/user.ts';
import { tellWorkflows } from '../tell-workflows.ts';

const newStatusSchema = z.object({
  state: z.enum(['error', 'failure', 'pending', 'success']),
  target_url: optionalText,
  description: z.string().max(1000).nullish(),
  context: z.string().min(1).max(255).optional(),
});

/** @see https://docs.github.com/en/rest/commits/statuses */
export function addStatusRoutes(api: GithubRouter, context: GithubContext): void {
  const { store, now, publicUrl } = context;
  api.post('/repos/:owner/:repo/statuses/:sha', async (c) => {
    const call = await enter(c, context, 'status.write');
    const body = await readBody(c, newStatusSchema);
    const sha = await commitOfBody(call.directory, {
      name: c.req.param('sha'),
      resource: 'Status',
      field: 'sha',
    });
    const status = await addCommitStatus(
      { store, now: now() },
      {
        project: call.project.name,
        sha,
        state: body.state,
        context: body.context,
        description: body.description,
        targetUrl: body.target_url,
        creator: makerOf(c.var.principal),
      },
    );
    const shape = statusShape(call, status);
    await tellWorkflows(call, { name: 'status', payload: { ...shape, sha, name: call.project.name } });
    return c.json(shape, 201);
  });
  const list = async (c: Parameters<typeof enter>[0], ref: string) => {
    const call = await enter(c, context, 'status.read');
    const sha = await requireCommit(call.directory, ref);
    const all = await listCommitStatuses(store, { project: call.project.name, sha });
    return c.json(pageOf(c, publicUrl, all).map((status) => statusShape(call, status)));
  };
  api.get('/repos/:owner/:repo/commits/:ref{.+}/statuses', (c) => list(c, c.req.param('ref')));
  api.get('/repos/:owner/:repo/statuses/:ref{.+}', (c) => list(c, c.req.param('ref')));
  api.get('/repos/:owner/:repo/commits/:ref{.+}/status', async (c) => {
    const call = await enter(c, context, 'status.read');
    const sha = await requireCommit(call.directory, c.req.param('ref'));
    const latest = await latestCommitStatuses(store, { project: call.project.name, sha });
    const { project } = call;
    const links = linksOf(call);
    const permissions = { admin: false, push: false, pull: true };
    return c.json({
      state: combinedState(latest),
      statuses: pageOf(c, publicUrl, latest).map((status) => statusShape(call, status)),
      sha,
      total_count: latest.length,
      repository: repositoryShape({ links, project, permissions, pushedAt: project.createdAt }),
      commit_url: `${links.api}/commits/${sha}`,
      url: `${links.api}/commits/${sha}/status`,
    });
  });
}

/** Nothing said is not yet a success. */
export function combinedState(
  statuses: readonly Pick<CommitStatus, 'state'>[],
): 'failure' | 'pending' | 'success' {
  if (statuses.some(({ state }) => state === 'error' || state === 'failure')) return 'failure';
  const isPending = statuses.length === 0 || statuses.some(({ state }) => state === 'pending');
  return isPending ? 'pending' : 'success';
}

function statusShape(call: RepositoryCall, status: CommitStatus) {
  const { api, server } = linksOf(call);
  const { id, sha, state, description, target_url, context, creator, created_at } = status;
  return {
    id,
    node_id: nodeId('StatusContext', id),
    url: `${api}/statuses/${sha}`,
    avatar_url: null,
    state,
    description,
    target_url,
    context,
    creator: userShape(creator, server),
    created_at: timeText(created_at),
    updated_at: timeText(created_at),
  };
}
