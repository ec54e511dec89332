import { createRoute } from '@hono/zod-openapi';
import { jobsSchema } from '@slipway/contracts/api/jobs';
import { rowNumberSchema } from '@slipway/contracts/api/row-number';
import {
  attemptSchema,
  cancelSchema,
  rerunSchema,
  runFilterSchema,
  runPageSchema,
  runSchema,
} from '@slipway/contracts/api/runs';
import { z } from 'zod';
import type { Permission } from '../../access/permission.ts';
import type { Principal } from '../../access/principal.ts';
import { requireRunPermission, visibleOf } from '../../access/project-access.ts';
import { type RunWish, rerunRun } from '../../controller/rerun-run.ts';
import { stopRun } from '../../controller/stop-run.ts';
import { readJobs } from '../../history/read-jobs.ts';
import { listRuns, readAttempts, readRun } from '../../history/read-runs.ts';
import type { ApiContext, ApiRouter } from './api-context.ts';
import { answers, body, noQuery, runParams } from './describe-route.ts';

const list = createRoute({
  method: 'get',
  path: '/runs',
  summary: 'List runs, the newest first',
  request: { query: runFilterSchema },
  responses: answers(200, 'A page of runs; `next` is the cursor of the page that follows.', runPageSchema),
});

const show = createRoute({
  method: 'get',
  path: '/runs/{run}',
  summary: 'Show a run',
  request: { params: runParams, query: noQuery },
  responses: answers(200, 'The run with its latest attempt.', runSchema),
});

const attempts = createRoute({
  method: 'get',
  path: '/runs/{run}/attempts',
  summary: 'List the attempts of a run',
  request: { params: runParams, query: noQuery },
  responses: answers(200, 'The first first.', z.object({ attempts: z.array(attemptSchema) })),
});

const jobs = createRoute({
  method: 'get',
  path: '/runs/{run}/jobs',
  summary: 'List the jobs of a run, with why those wait that do',
  request: {
    params: runParams,
    query: z.strictObject({ attempt: rowNumberSchema.optional() }),
  },
  responses: answers(200, 'Of the latest attempt, or of the one that is asked for.', jobsSchema),
});

const cancel = createRoute({
  method: 'post',
  path: '/runs/{run}/cancel',
  summary: 'Cancel a run',
  request: { params: runParams, body: body(cancelSchema) },
  responses: answers(202, 'It is about to end.', runSchema),
});

const rerun = createRoute({
  method: 'post',
  path: '/runs/{run}/rerun',
  summary: 'Run a finished run again: all of it, what failed, one job, or a failed job from one of its steps',
  request: { params: runParams, body: body(rerunSchema) },
  responses: answers(201, 'The run with its new attempt.', runSchema),
});

export function addRunRoutes(api: ApiRouter, context: ApiContext): void {
  const { store, notices } = context;
  const asking = () => ({ store, notices, now: context.now() });
  const require = (principal: Principal, permission: Permission, runId: number) =>
    requireRunPermission({ store, principal, permission }, runId);
  api.openapi(list, async (c) => {
    const filter = c.req.valid('query');
    return c.json(await listRuns(store, filter, visibleOf(c.var.principal, filter.project)), 200);
  });
  api.openapi(show, async (c) => {
    const { run } = c.req.valid('param');
    await require(c.var.principal, 'project.read', run);
    return c.json(await readRun(store, run), 200);
  });
  api.openapi(attempts, async (c) => {
    const { run } = c.req.valid('param');
    await require(c.var.principal, 'project.read', run);
    return c.json({ attempts: await readAttempts(store, run) }, 200);
  });
  api.openapi(jobs, async (c) => {
    const { run } = c.req.valid('param');
    await require(c.var.principal, 'project.read', run);
    return c.json({ jobs: await readJobs(asking(), run, c.req.valid('query').attempt) }, 200);
  });
  api.openapi(cancel, async (c) => {
    const { run: runId } = c.req.valid('param');
    const { how, reason } = c.req.valid('json');
    await require(c.var.principal, 'run.write', runId);
    await stopRun(asking(), { runId, how, reason, actor: c.var.actor });
    return c.json(await readRun(store, runId), 202);
  });
  api.openapi(rerun, async (c) => {
    const { run: runId } = c.req.valid('param');
    await require(c.var.principal, 'run.write', runId);
    context.assertRoom();
    await rerunRun(asking(), { runId, wish: wishOf(c.req.valid('json')), actor: c.var.actor });
    return c.json(await readRun(store, runId), 201);
  });
}

function wishOf({ jobs: which = 'all', job, fromStep }: z.infer<typeof rerunSchema>): RunWish {
  if (fromStep !== undefined) return { kind: 'step', step: fromStep, job: job ?? null };
  return job === undefined ? { kind: which } : { kind: 'job', jobKey: job };
}
