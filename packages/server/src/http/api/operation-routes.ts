import { createRoute } from '@hono/zod-openapi';
import { scheduleSchema } from '@slipway/contracts/api/events';
import { artifactSchema, cacheSchema } from '@slipway/contracts/api/results';
import { queueSchema, runnersSchema } from '@slipway/contracts/api/runners';
import { SlipwayError } from '@slipway/contracts/errors';
import { z } from 'zod';
import type { Principal } from '../../access/principal.ts';
import {
  allowedProject,
  isVisible,
  requireRunPermission,
  visibleOf,
  visibleProjects,
} from '../../access/project-access.ts';
import { listArtifacts } from '../../artifacts/artifact-service.ts';
import { listCacheEntries } from '../../caches/cache-service.ts';
import { readQueue } from '../../history/read-jobs.ts';
import { readRunners } from '../../history/read-runners.ts';
import { readRun } from '../../history/read-runs.ts';
import type { ApiContext, ApiRouter } from './api-context.ts';
import { answers, noQuery, projectNameOf, projectParams, runParams } from './describe-route.ts';

const runners = createRoute({
  method: 'get',
  path: '/runners',
  summary: 'List runners with what they do',
  request: { query: noQuery },
  responses: answers(200, 'By name.', runnersSchema),
});

const queue = createRoute({
  method: 'get',
  path: '/queue',
  summary: 'List the jobs that wait, each with why',
  request: { query: z.strictObject({ project: z.string().optional() }) },
  responses: answers(200, 'By run.', queueSchema),
});

const artifacts = createRoute({
  method: 'get',
  path: '/runs/{run}/artifacts',
  summary: 'List the artifacts of a run',
  request: { params: runParams, query: noQuery },
  responses: answers(200, 'The newest first.', z.object({ artifacts: z.array(artifactSchema) })),
});

const caches = createRoute({
  method: 'get',
  path: '/projects/{owner}/{name}/caches',
  summary: 'List the cache entries of a project',
  request: { params: projectParams, query: noQuery },
  responses: answers(200, 'The newest first.', z.object({ caches: z.array(cacheSchema) })),
});

const schedules = createRoute({
  method: 'get',
  path: '/projects/{owner}/{name}/schedules',
  summary: 'List the schedules of the default branch with when they fire next',
  request: { params: projectParams, query: noQuery },
  responses: answers(200, 'The next first.', z.object({ schedules: z.array(scheduleSchema) })),
});

export function addOperationRoutes(api: ApiRouter, context: ApiContext): void {
  const { store, now, blobs } = context;
  const projectOf = (principal: Principal, params: z.infer<typeof projectParams>) =>
    allowedProject({ store, principal, permission: 'project.read' }, projectNameOf(params));
  api.openapi(runners, async (c) => {
    const visible = visibleProjects(c.var.principal);
    if (visible.kind === 'some' && visible.names.length === 0) throw new SlipwayError('forbidden');
    const all = await readRunners({ store, now: now() });
    // That a runner is busy may be known; with what only to those who may read that project.
    const shown = all.map((runner) => ({
      ...runner,
      job: runner.job !== null && isVisible(visible, runner.job.project) ? runner.job : null,
    }));
    return c.json({ runners: shown }, 200);
  });
  api.openapi(queue, async (c) => {
    const visible = visibleOf(c.var.principal, c.req.valid('query').project);
    return c.json({ jobs: await readQueue({ store, now: now() }, visible) }, 200);
  });
  api.openapi(artifacts, async (c) => {
    const { run } = c.req.valid('param');
    await requireRunPermission({ store, principal: c.var.principal, permission: 'project.read' }, run);
    await readRun(store, run);
    const found = await listArtifacts({ store, blobs, now }, { runId: String(run) });
    const shown = found.map(({ repository, runId, mimeType: _, ...rest }) => ({
      ...rest,
      project: repository,
      runId: Number(runId),
    }));
    return c.json({ artifacts: shown }, 200);
  });
  api.openapi(caches, async (c) => {
    const { name } = await projectOf(c.var.principal, c.req.valid('param'));
    const entries = await listCacheEntries({ store, blobs, now }, { repository: name });
    const shown = entries.map(({ id, key, scope, sizeBytes, createdAt, usedAt }) => ({
      id,
      key,
      scope,
      sizeBytes,
      createdAt,
      usedAt,
    }));
    return c.json({ caches: shown }, 200);
  });
  api.openapi(schedules, async (c) => {
    const { name } = await projectOf(c.var.principal, c.req.valid('param'));
    const rows = await store
      .selectFrom('schedule')
      .select(['workflow_path', 'cron', 'timezone', 'next_at', 'last_at'])
      .where('project', '=', name)
      .orderBy('next_at')
      .execute();
    const shown = rows.map(({ workflow_path, cron, timezone, next_at, last_at }) => ({
      workflowPath: workflow_path,
      cron,
      timezone,
      nextAt: next_at,
      lastAt: last_at,
    }));
    return c.json({ schedules: shown }, 200);
  });
}
