import { z } from 'zod';
import { nameOf } from '../../access/permission.ts';
import type { Principal } from '../../access/principal.ts';
import {
  type CheckRun,
  createCheckRun,
  listAnnotations,
  listCheckRuns,
  listCheckSuites,
  readCheckRun,
  updateCheckRun,
} from '../../checks/check-runs.ts';
import { commitOfBody, requireCommit } from '../git/find-commit.ts';
import {
  enter,
  type GithubCall,
  type GithubContext,
  type GithubRouter,
  makerOf,
  type RepositoryCall,
  rowParam,
} from '../github-context.ts';
import { notFound } from '../github-error.ts';
import { pageOf } from '../pages.ts';
import { optionalText, readBody, timeText } from '../read-body.ts';
import { jobCheckRuns } from '../records/job-check-runs.ts';
import { annotationShape, appShape, checkRunShape } from '../shapes/check-run.ts';
import { linksOf, nodeId, timeText as shownTime } from '../shapes/links.ts';
import { tellWorkflows } from '../tell-workflows.ts';

const line = z.number().int().min(0);
const annotationSchema = z
  .object({
    path: z.string().min(1),
    start_line: line,
    end_line: line,
    start_column: line.nullish(),
    end_column: line.nullish(),
    annotation_level: z.enum(['notice', 'warning', 'failure']),
    message: z.string().max(64 * 1024),
    title: z.string().max(255).nullish(),
    raw_details: z
      .string()
      .max(64 * 1024)
      .nullish(),
  })
  .transform(({ start_column = null, end_column = null, title = null, raw_details = null, ...rest }) => ({
    ...rest,
    start_column,
    end_column,
    title,
    raw_details,
  }));

const changeSchema = z.object({
  name: z.string().min(1).max(255).optional(),
  details_url: z.string().optional(),
  external_id: z.string().max(255).optional(),
  status: z.enum(['queued', 'in_progress', 'completed', 'waiting', 'requested', 'pending']).optional(),
  conclusion: z
    .enum(['action_required', 'cancelled', 'failure', 'neutral', 'success', 'skipped', 'stale', 'timed_out'])
    .nullish(),
  started_at: timeText.optional(),
  completed_at: timeText.nullish(),
  output: z
    .object({
      title: optionalText,
      summary: z.string().max(65_535).nullish(),
      text: z.string().max(65_535).nullish(),
      annotations: z.array(annotationSchema).max(50).optional(),
    })
    .optional(),
});
const newSchema = changeSchema.extend({ name: z.string().min(1).max(255), head_sha: z.string() });

/** @see https://docs.github.com/en/rest/checks */
export function addCheckRoutes(api: GithubRouter, context: GithubContext): void {
  const { store, now, publicUrl } = context;
  api.post('/repos/:owner/:repo/check-runs', async (c) => {
    const call = await enter(c, context, 'check.write');
    const { head_sha, name, ...body } = await readBody(c, newSchema);
    const sha = await commitOfBody(call.directory, {
      name: head_sha,
      resource: 'CheckRun',
      field: 'head_sha',
    });
    const by = { creator: makerOf(c.var.principal), app: appOf(c.var.principal) };
    const run = await createCheckRun(
      { store, now: now() },
      { ...changeOf(body), name, project: call.project.name, sha, ...by },
    );
    await tellOf(call, 'created', run);
    return c.json(await shapeOf(call, run), 201);
  });
  api.patch('/repos/:owner/:repo/check-runs/:id', async (c) => {
    const call = await enter(c, context, 'check.write');
    const body = await readBody(c, changeSchema);
    const key = { project: call.project.name, id: rowParam(c, 'id') };
    const run = await updateCheckRun({ store, now: now() }, key, changeOf(body));
    if (run === null) throw notFound();
    if (run.status === 'completed') await tellOf(call, 'completed', run);
    return c.json(await shapeOf(call, run));
  });
  api.get('/repos/:owner/:repo/check-runs/:id', async (c) => {
    const call = await enter(c, context, 'check.read');
    return c.json(await shapeOf(call, await requireCheckRun(call)));
  });
  api.get('/repos/:owner/:repo/check-runs/:id/annotations', async (c) => {
    const call = await enter(c, context, 'check.read');
    const run = await requireCheckRun(call);
    const all = await listAnnotations(store, run.id);
    return c.json(pageOf(c, publicUrl, all).map((one) => annotationShape(linksOf(call), run.sha, one)));
  });
  addListRoutes(api, context);
}

function addListRoutes(api: GithubRouter, context: GithubContext): void {
  const { store, publicUrl } = context;
  const listed = async (c: GithubCall, call: RepositoryCall, runs: CheckRun[]) => {
    const { check_name: name, status } = c.req.query();
    const wanted = runs.filter(
      (run) => (name === undefined || run.name === name) && (status === undefined || run.status === status),
    );
    const shown = await Promise.all(pageOf(c, publicUrl, wanted).map((run) => shapeOf(call, run)));
    return c.json({ total_count: wanted.length, check_runs: shown });
  };
  api.get('/repos/:owner/:repo/commits/:ref{.+}/check-runs', async (c) => {
    const call = await enter(c, context, 'check.read');
    const sha = await requireCommit(call.directory, c.req.param('ref'));
    const filter = c.req.query('filter') === 'all' ? 'all' : 'latest';
    const project = call.project.name;
    const made = await listCheckRuns(store, { project, sha, filter });
    return listed(c, call, [...made, ...(await jobCheckRuns(call, sha))]);
  });
  api.get('/repos/:owner/:repo/commits/:ref{.+}/check-suites', async (c) => {
    const call = await enter(c, context, 'check.read');
    const sha = await requireCommit(call.directory, c.req.param('ref'));
    const suites = await listCheckSuites(store, { project: call.project.name, sha });
    const shown = await Promise.all(pageOf(c, publicUrl, suites).map((suite) => suiteShape(call, suite)));
    return c.json({ total_count: suites.length, check_suites: shown });
  });
  api.get('/repos/:owner/:repo/check-suites/:id', async (c) => {
    const call = await enter(c, context, 'check.read');
    return c.json(await suiteShape(call, await requireSuite(call)));
  });
  api.get('/repos/:owner/:repo/check-suites/:id/check-runs', async (c) => {
    const call = await enter(c, context, 'check.read');
    const suite = await requireSuite(call);
    const runs = await listCheckRuns(store, { project: call.project.name, sha: suite.sha });
    return listed(
      c,
      call,
      runs.filter(({ suite_id }) => suite_id === suite.id),
    );
  });
}

async function requireCheckRun(call: RepositoryCall): Promise<CheckRun> {
  const key = { project: call.project.name, id: rowParam(call.c, 'id') };
  const run = await readCheckRun(call.context.store, key);
  if (run === null) throw notFound();
  return run;
}

type Suite = Awaited<ReturnType<typeof listCheckSuites>>[number];

async function requireSuite({ c, context, project }: RepositoryCall): Promise<Suite> {
  const suite = await context.store
    .selectFrom('check_suite')
    .selectAll()
    .where('id', '=', rowParam(c, 'id'))
    .where('project', '=', project.name)
    .executeTakeFirst();
  if (suite === undefined) throw notFound();
  return suite;
}

async function suiteShape(call: RepositoryCall, { id, sha, app, created_at }: Suite) {
  const links = linksOf(call);
  const all = await listCheckRuns(call.context.store, { project: call.project.name, sha });
  const runs = all.filter((run) => run.suite_id === id);
  const isOver = runs.every((run) => run.status === 'completed');
  const failed = runs.some(({ conclusion }) => conclusion === 'failure' || conclusion === 'timed_out');
  return {
    id,
    node_id: nodeId('CheckSuite', id),
    head_branch: null,
    head_sha: sha,
    status: isOver ? 'completed' : 'in_progress',
    conclusion: isOver ? (failed ? 'failure' : 'success') : null,
    url: `${links.api}/check-suites/${id}`,
    before: null,
    after: sha,
    pull_requests: [],
    app: appShape(links, app),
    created_at: shownTime(created_at),
    updated_at: shownTime(created_at),
    latest_check_runs_count: runs.length,
    check_runs_url: `${links.api}/check-suites/${id}/check-runs`,
  };
}

async function shapeOf(call: RepositoryCall, run: CheckRun) {
  const count = run.id >= 2 ** 31 ? 0 : (await listAnnotations(call.context.store, run.id)).length;
  return checkRunShape(linksOf(call), run, count);
}

function changeOf(body: z.output<typeof changeSchema>) {
  const { details_url, external_id, started_at, completed_at, ...rest } = body;
  return {
    ...rest,
    detailsUrl: details_url,
    externalId: external_id,
    startedAt: started_at,
    completedAt: completed_at ?? undefined,
  };
}

function appOf(principal: Principal): string {
  return principal.kind === 'job' ? 'github-actions' : nameOf(principal);
}

async function tellOf(call: RepositoryCall, action: 'created' | 'completed', run: CheckRun): Promise<void> {
  await tellWorkflows(call, { name: 'check_run', payload: { action, check_run: await shapeOf(call, run) } });
}
