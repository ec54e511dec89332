import { z } from 'zod';
import { latestCommitStatuses } from '../../checks/commit-statuses.ts';
import { storableText } from '../../controller/storable-text.ts';
import { isAncestor } from '../../repositories/read-commits.ts';
import { commitOfBody, findCommit } from '../git/find-commit.ts';
import {
  enter,
  type GithubContext,
  type GithubRouter,
  makerOf,
  type RepositoryCall,
  rowParam,
} from '../github-context.ts';
import { GithubError, notFound } from '../github-error.ts';
import { pageOf } from '../pages.ts';
import { optionalText, readBody } from '../read-body.ts';
import {
  addDeployment,
  addDeploymentStatus,
  type GithubDeployment,
  listDeploymentStatuses,
  listDeployments,
  readDeployment,
  removeDeployment,
} from '../records/deployments.ts';
import { deploymentShape, deploymentStatusShape } from '../shapes/deployment.ts';
import { linksOf } from '../shapes/links.ts';
import { tellWorkflows } from '../tell-workflows.ts';

const newDeploymentSchema = z.object({
  ref: z.string().min(1),
  task: z.string().max(128).default('deploy'),
  auto_merge: z.boolean().default(true),
  required_contexts: z.array(z.string()).nullish(),
  payload: z.union([z.record(z.string(), z.unknown()), z.string()]).default({}),
  environment: z.string().min(1).max(255).default('production'),
  description: optionalText,
  transient_environment: z.boolean().default(false),
  production_environment: z.boolean().optional(),
});

const newStatusSchema = z.object({
  state: z.enum(['error', 'failure', 'inactive', 'in_progress', 'queued', 'pending', 'success']),
  target_url: z.string().default(''),
  log_url: z.string().optional(),
  description: z.string().max(140).default(''),
  environment: z.string().min(1).max(255).optional(),
  environment_url: z.string().default(''),
  auto_inactive: z.boolean().default(true),
});

/** @see https://docs.github.com/en/rest/deployments */
export function addDeploymentRoutes(api: GithubRouter, context: GithubContext): void {
  const { store, now, publicUrl } = context;
  api.post('/repos/:owner/:repo/deployments', async (c) => {
    const call = await enter(c, context, 'deployment.write');
    const body = await readBody(c, newDeploymentSchema);
    const sha = await commitOfBody(call.directory, { name: body.ref, resource: 'Deployment', field: 'ref' });
    await assertDeployable(call, { sha, ...body });
    const { ref, task, environment, payload, description, production_environment } = body;
    const deployment = await addDeployment(
      { store, now: now() },
      {
        project: call.project.name,
        ref,
        sha,
        task: storableText(task),
        environment: storableText(environment),
        description: description == null ? null : storableText(description),
        payload: JSON.stringify(payload),
        transient_environment: body.transient_environment ? 1 : 0,
        production_environment: (production_environment ?? environment === 'production') ? 1 : 0,
        creator: makerOf(c.var.principal),
      },
    );
    const shape = deploymentShape(linksOf(call), deployment);
    await tellWorkflows(call, {
      name: 'deployment',
      payload: { action: 'created', deployment: shape },
      ...subjectOf(deployment),
    });
    return c.json(shape, 201);
  });
  api.get('/repos/:owner/:repo/deployments', async (c) => {
    const call = await enter(c, context, 'deployment.read');
    const all = await listDeployments(store, call.project.name, c.req.query());
    return c.json(pageOf(c, publicUrl, all).map((one) => deploymentShape(linksOf(call), one)));
  });
  api.get('/repos/:owner/:repo/deployments/:id', async (c) => {
    const call = await enter(c, context, 'deployment.read');
    return c.json(deploymentShape(linksOf(call), await requireDeployment(call)));
  });
  api.delete('/repos/:owner/:repo/deployments/:id', async (c) => {
    const call = await enter(c, context, 'deployment.write');
    const deployment = await requireDeployment(call);
    const [last] = await listDeploymentStatuses(store, deployment.id);
    if (last !== undefined && last.state !== 'inactive') {
      throw new GithubError(
        422,
        'We cannot delete an active deployment unless it is the only deployment in a given environment.',
      );
    }
    await removeDeployment(store, deployment);
    return c.body(null, 204);
  });
  addStatusRoutes(api, context);
}

function addStatusRoutes(api: GithubRouter, context: GithubContext): void {
  const { store, now, publicUrl } = context;
  api.post('/repos/:owner/:repo/deployments/:id/statuses', async (c) => {
    const call = await enter(c, context, 'deployment.write');
    const deployment = await requireDeployment(call);
    const body = await readBody(c, newStatusSchema);
    const { state, description, environment_url, auto_inactive } = body;
    const status = await addDeploymentStatus(
      { store, now: now() },
      {
        deployment,
        state,
        description: storableText(description),
        environment: storableText(body.environment ?? deployment.environment),
        environment_url,
        log_url: body.log_url ?? body.target_url,
        creator: makerOf(c.var.principal),
        autoInactive: auto_inactive,
      },
    );
    const links = linksOf(call);
    const shape = deploymentStatusShape(links, status);
    await tellWorkflows(call, {
      name: 'deployment_status',
      payload: {
        action: 'created',
        deployment_status: shape,
        deployment: deploymentShape(links, deployment),
      },
      ...subjectOf(deployment),
    });
    return c.json(shape, 201);
  });
  api.get('/repos/:owner/:repo/deployments/:id/statuses', async (c) => {
    const call = await enter(c, context, 'deployment.read');
    const all = await listDeploymentStatuses(store, (await requireDeployment(call)).id);
    return c.json(pageOf(c, publicUrl, all).map((one) => deploymentStatusShape(linksOf(call), one)));
  });
  api.get('/repos/:owner/:repo/deployments/:id/statuses/:status', async (c) => {
    const call = await enter(c, context, 'deployment.read');
    const all = await listDeploymentStatuses(store, (await requireDeployment(call)).id);
    const status = all.find(({ id }) => id === rowParam(c, 'status'));
    if (status === undefined) throw notFound();
    return c.json(deploymentStatusShape(linksOf(call), status));
  });
}

async function requireDeployment({ c, context, project }: RepositoryCall): Promise<GithubDeployment> {
  const id = rowParam(c, 'id');
  const deployment = await readDeployment(context.store, { project: project.name, id });
  if (deployment === null) throw notFound();
  return deployment;
}

/**
 * GitHub refuses a deployment of a commit whose checks failed, and brings a branch up to date before; the latter is left to whoever asks.
 * @throws GithubError 409
 */
async function assertDeployable(
  { context, project, directory }: RepositoryCall,
  asked: { ref: string; sha: string; auto_merge: boolean; required_contexts?: string[] | null | undefined },
): Promise<void> {
  const { ref, sha, required_contexts: required } = asked;
  const said = await latestCommitStatuses(context.store, { project: project.name, sha });
  const byName = new Map(said.map((status) => [status.context, status.state]));
  const needed = required ?? [...byName.keys()];
  const bad = needed.filter((name) => byName.get(name) !== 'success');
  if (bad.length > 0) {
    throw new GithubError(409, `Conflict: Commit status checks failed for ${ref}: ${bad.join(', ')}`);
  }
  const base = await findCommit(directory, `refs/heads/${project.settings.defaultBranch}`);
  const isBranch = (await findCommit(directory, `refs/heads/${ref.replace(/^refs\/heads\//, '')}`)) === sha;
  if (!asked.auto_merge || !isBranch || base === null || (await isAncestor(directory, base, sha))) return;
  throw new GithubError(
    409,
    `Conflict: ${ref} is behind ${project.settings.defaultBranch}. Merge it first, or send auto_merge: false.`,
  );
}

function subjectOf({ ref, sha }: GithubDeployment) {
  return { subject: { ref: ref.startsWith('refs/') ? ref : `refs/heads/${ref}`, sha } };
}
