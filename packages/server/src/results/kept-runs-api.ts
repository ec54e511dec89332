import type { HttpBindings } from '@hono/node-server';
import { type Context, Hono } from 'hono';
import { type Artifact, type ArtifactFilter, listArtifacts } from '../artifacts/artifact-service.ts';
import { artifactShape } from '../github-api/shapes/artifact.ts';
import { readRuntimeToken } from './job-scope.ts';
import type { ResultsContext } from './results-context.ts';
import { signPath } from './signed-url.ts';

const urlLifeMs = 10 * 60_000;
const answerWithinMs = 30_000;

/**
 * The routes of GitHub's API by which its artifact client finds what other runs have left, of the repository that a job's runtime token is
 * for. The token is part of the URL, since the header holds what a workflow gives: what is not kept here is asked of GitHub with it.
 * @param upstream GitHub's own API, e.g. `https://api.github.com`; null: nothing is asked of it
 */
export function keptRunsApi(
  context: ResultsContext,
  upstream: string | null,
): Hono<{ Bindings: HttpBindings }> {
  const app = new Hono<{ Bindings: HttpBindings }>();
  const { key, now } = context;

  const find = async (c: Context, filter: ArtifactFilter): Promise<Artifact[]> => {
    const { token, owner, repo } = c.req.param() as Record<string, string>;
    const { repository } = await readRuntimeToken(`Bearer ${token}`, { key, now: now() });
    if (repository.toLowerCase() !== `${owner}/${repo}`.toLowerCase()) return [];
    return listArtifacts(context, { ...filter, repository });
  };

  app.get('/:token/repos/:owner/:repo/actions/runs/:run/artifacts', async (c) => {
    const { token, owner, repo, run: runId } = c.req.param();
    const all = await find(c, { runId });
    if (all.length === 0) return askUpstream(c, { context, upstream });
    const name = c.req.query('name');
    const found = name === undefined ? all : all.filter((artifact) => artifact.name === name);
    const api = `${new URL(c.req.url).origin}/other-runs/${token}/repos/${owner}/${repo}`;
    const size = Math.min(100, Number(c.req.query('per_page')) || 30);
    const first = (Math.max(1, Number(c.req.query('page')) || 1) - 1) * size;
    const shown = found
      .slice(first, first + size)
      .map((artifact) => artifactShape(api, artifact, { id: Number(runId) }));
    return c.json({ total_count: found.length, artifacts: shown });
  });

  app.get('/:token/repos/:owner/:repo/actions/artifacts/:id{[0-9]+}/zip', async (c) => {
    const id = Math.min(Number(c.req.param('id')), Number.MAX_SAFE_INTEGER);
    const [artifact] = await find(c, { id });
    if (artifact === undefined) return askUpstream(c, { context, upstream });
    const place = signPath(`/artifacts/${artifact.id}`, { key, expiresAt: now() + urlLifeMs });
    return c.redirect(new URL(place, c.req.url).href, 302);
  });
  return app;
}

/** What this machine does not have, GitHub may, if the workflow has given a token of its own. */
async function askUpstream(
  c: Context,
  { context: { key, now }, upstream }: { context: ResultsContext; upstream: string | null },
): Promise<Response> {
  const authorization = c.req.header('authorization') ?? '';
  const given = /^(?:token|Bearer) (\S+)$/i.exec(authorization)?.[1];
  const isOwn = await readRuntimeToken(`Bearer ${given}`, { key, now: now() }).then(
    () => true,
    () => false,
  );
  // `github.token` of a run that was given none begins like Slipway's own: GitHub knows neither.
  if (upstream === null || given === undefined || isOwn || given.startsWith('slipway_')) {
    const message =
      'Not Found: no run of this machine has left such an artifact (see slipway artifacts list).';
    return c.json({ message, documentation_url: 'https://docs.github.com/rest', status: '404' }, 404);
  }
  const { pathname, search } = new URL(c.req.url);
  const path = pathname.slice(pathname.indexOf('/repos/'));
  const answer = await fetch(`${upstream}${path}${search}`, {
    headers: { authorization, accept: c.req.header('accept') ?? '*/*', 'user-agent': 'slipway' },
    redirect: 'manual',
    signal: AbortSignal.timeout(answerWithinMs),
  });
  const location = answer.headers.get('location');
  return c.body(await answer.text(), answer.status as 200, {
    'content-type': answer.headers.get('content-type') ?? 'application/json',
    ...(location !== null && { location }),
  });
}
