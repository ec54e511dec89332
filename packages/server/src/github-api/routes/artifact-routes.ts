import { steadyNumber } from '@slipway/workflow/triggers';
import { type Artifact, deleteArtifacts, listArtifacts } from '../../artifacts/artifact-service.ts';
import { readRun } from '../../history/read-runs.ts';
import { signPath } from '../../results/signed-url.ts';
import {
  enter,
  type GithubCall,
  type GithubContext,
  type GithubRouter,
  type RepositoryCall,
  rowParam,
} from '../github-context.ts';
import { GithubError, notFound } from '../github-error.ts';
import { pageOf } from '../pages.ts';
import { requireRun } from '../records/runs.ts';
import { showRun } from '../records/shown-runs.ts';
import { artifactShape } from '../shapes/artifact.ts';
import { linksOf } from '../shapes/links.ts';

const urlLifeMs = 10 * 60_000;

/** @see https://docs.github.com/en/rest/actions/artifacts */
export function addArtifactRoutes(api: GithubRouter, context: GithubContext): void {
  const { now, key, publicUrl } = context;
  const list = async (c: GithubCall, call: RepositoryCall, filter: { runId?: string }) => {
    const name = c.req.query('name');
    const found = await listArtifacts(context, {
      ...filter,
      repository: call.project.name,
      ...(name !== undefined && { name }),
    });
    const shown = await Promise.all(pageOf(c, publicUrl, found).map((artifact) => shapeOf(call, artifact)));
    return c.json({ total_count: found.length, artifacts: shown });
  };
  api.get('/repos/:owner/:repo/actions/artifacts', async (c) =>
    list(c, await enter(c, context, 'project.read'), {}),
  );
  api.get('/repos/:owner/:repo/actions/runs/:run/artifacts', async (c) => {
    const call = await enter(c, context, 'project.read');
    return list(c, call, { runId: String((await requireRun(call)).id) });
  });
  api.get('/repos/:owner/:repo/actions/artifacts/:id', async (c) => {
    const call = await enter(c, context, 'project.read');
    return c.json(await shapeOf(call, await requireArtifact(call)));
  });
  api.get('/repos/:owner/:repo/actions/artifacts/:id/:form', async (c) => {
    const call = await enter(c, context, 'project.read');
    if (c.req.param('form') !== 'zip') throw new GithubError(422, 'The only archive format is zip.');
    const { id } = await requireArtifact(call);
    const place = signPath(`/artifacts/${id}`, { key, expiresAt: now() + urlLifeMs });
    return c.redirect(`${publicUrl}${place}`, 302);
  });
  api.delete('/repos/:owner/:repo/actions/artifacts/:id', async (c) => {
    const call = await enter(c, context, 'run.write');
    await deleteArtifacts(context, [(await requireArtifact(call)).id]);
    return c.body(null, 204);
  });
}

async function requireArtifact({ c, context, project }: RepositoryCall): Promise<Artifact> {
  const id = rowParam(c, 'id');
  const [artifact] = await listArtifacts(context, { id, repository: project.name });
  if (artifact === undefined) throw notFound();
  return artifact;
}

async function shapeOf(call: RepositoryCall, artifact: Artifact) {
  const run = await readRun(call.context.store, Number(artifact.runId)).catch(() => null);
  const shown = run === null ? null : await showRun(call, run);
  const repositoryId = steadyNumber(call.project.name);
  return artifactShape(linksOf(call).api, artifact, {
    id: Number(artifact.runId),
    repository_id: repositoryId,
    // What a fork made is told by this number on GitHub.
    head_repository_id: artifact.untrusted ? 0 : repositoryId,
    head_branch: shown?.headBranch ?? null,
    head_sha: shown?.headSha ?? null,
  });
}
