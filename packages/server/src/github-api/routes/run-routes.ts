import { nameOf } from '../../access/permission.ts';
import type { RerunWish } from '../../controller/keys-to-rerun.ts';
import { rerunRun } from '../../controller/rerun-run.ts';
import { stopRun } from '../../controller/stop-run.ts';
import { readJobDetail } from '../../history/job-stream.ts';
import { readAttempts } from '../../history/read-runs.ts';
import {
  enter,
  type GithubCall,
  type GithubContext,
  type GithubRouter,
  type RepositoryCall,
} from '../github-context.ts';
import { GithubError, notFound } from '../github-error.ts';
import { linkPages, pageOf, readPage } from '../pages.ts';
import { type NumberedJob, numberedJobs, requireJob, requireRun } from '../records/runs.ts';
import { listShownRuns, showRun } from '../records/shown-runs.ts';
import { linksOf } from '../shapes/links.ts';
import { jobShape, runShape } from '../shapes/workflow-run.ts';

/** @see https://docs.github.com/en/rest/actions/workflow-runs */
export function addRunRoutes(api: GithubRouter, context: GithubContext): void {
  const { store, notices, now } = context;
  api.get('/repos/:owner/:repo/actions/runs', (c) => listRuns(c, context, undefined));
  api.get('/repos/:owner/:repo/actions/runs/:run', async (c) => {
    const call = await enter(c, context, 'project.read');
    return c.json(runShape(linksOf(call), await showRun(call, await requireRun(call))));
  });
  api.get('/repos/:owner/:repo/actions/runs/:run/attempts/:attempt', async (c) => {
    const call = await enter(c, context, 'project.read');
    const run = await requireRun(call);
    const attempts = await readAttempts(store, run.id);
    const attempt = attempts.find((one) => String(one.attempt) === c.req.param('attempt'));
    if (attempt === undefined) throw notFound();
    return c.json(runShape(linksOf(call), await showRun(call, { ...run, ...attempt })));
  });
  const asking = () => ({ store, notices, now: now() });
  const stop = async (c: GithubCall, how: 'cancel' | 'kill') => {
    const call = await enter(c, context, 'run.write');
    const { id: runId, status } = await requireRun(call);
    if (status === 'completed') throw new GithubError(409, 'Cannot cancel a workflow run that is completed.');
    await stopRun(asking(), { runId, how, actor: nameOf(c.var.principal) });
    return c.json({}, 202);
  };
  api.post('/repos/:owner/:repo/actions/runs/:run/cancel', (c) => stop(c, 'cancel'));
  api.post('/repos/:owner/:repo/actions/runs/:run/force-cancel', (c) => stop(c, 'kill'));
  const rerun = async (call: RepositoryCall, runId: number, wish: RerunWish) => {
    context.assertRoom();
    await rerunRun(asking(), { runId, wish, actor: nameOf(call.c.var.principal) });
    return call.c.json({}, 201);
  };
  for (const [path, kind] of [
    ['rerun', 'all'],
    ['rerun-failed-jobs', 'failed'],
  ] as const) {
    api.post(`/repos/:owner/:repo/actions/runs/:run/${path}`, async (c) => {
      const call = await enter(c, context, 'run.write');
      return rerun(call, (await requireRun(call)).id, { kind });
    });
  }
  api.post('/repos/:owner/:repo/actions/jobs/:job/rerun', async (c) => {
    const call = await enter(c, context, 'run.write');
    const { run, job } = await requireJob(call);
    return rerun(call, run.id, { kind: 'job', jobKey: job.key });
  });
  addJobRoutes(api, context);
}

/** Of a workflow, or of all. */
export async function listRuns(c: GithubCall, context: GithubContext, workflow: string | undefined) {
  const call = await enter(c, context, 'project.read');
  const page = readPage(c);
  const { actor, branch, event, status, head_sha: headSha } = c.req.query();
  const { total, runs } = await listShownRuns(
    call,
    { actor, branch, event, status, headSha, workflow },
    page,
  );
  linkPages(c, context.publicUrl, { page, total });
  const links = linksOf(call);
  return c.json({ total_count: total, workflow_runs: runs.map((run) => runShape(links, run)) });
}

function addJobRoutes(api: GithubRouter, context: GithubContext): void {
  const list = async (c: GithubCall, attempt: string | undefined) => {
    const call = await enter(c, context, 'project.read');
    const run = await requireRun(call);
    const jobs = await numberedJobs(call, run.id, attempt === undefined ? run.attempt : Number(attempt));
    const shown = [];
    // One after the other: each may have a long stream.
    for (const job of pageOf(c, context.publicUrl, jobs)) shown.push(await shapeOf(call, run, job));
    return c.json({ total_count: jobs.length, jobs: shown });
  };
  api.get('/repos/:owner/:repo/actions/runs/:run/jobs', (c) => list(c, undefined));
  api.get('/repos/:owner/:repo/actions/runs/:run/attempts/:attempt{[0-9]+}/jobs', (c) =>
    list(c, c.req.param('attempt')),
  );
  api.get('/repos/:owner/:repo/actions/jobs/:job', async (c) => {
    const call = await enter(c, context, 'project.read');
    const { run, job } = await requireJob(call);
    return c.json(await shapeOf(call, run, job));
  });
}

type Run = Awaited<ReturnType<typeof requireRun>>;

async function shapeOf(call: RepositoryCall, run: Run, job: NumberedJob) {
  const { headSha, headBranch } = await showRun(call, run);
  const detail = job.id === null ? null : await readJobDetail(call.context, job.id).catch(() => null);
  return jobShape(linksOf(call), { run, job, detail, headSha, headBranch });
}
