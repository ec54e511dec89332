import { createRoute } from '@hono/zod-openapi';
import {
  approveRunsSchema,
  dismissalSchema,
  heldRunsSchema,
  mergeSchema,
  newPullRequestSchema,
  newReviewSchema,
  pullRequestChangeSchema,
  pullRequestDetailSchema,
  pullRequestFilterSchema,
  pullRequestPageSchema,
  pullRequestSchema,
  reviewSchema,
} from '@slipway/contracts/api/pull-requests';
import { rowNumberSchema } from '@slipway/contracts/api/row-number';
import type { z } from 'zod';
import { mayDo } from '../../access/permission.ts';
import type { Principal } from '../../access/principal.ts';
import { allowedProject } from '../../access/project-access.ts';
import type { Project } from '../../projects/find-project.ts';
import { dismissReview } from '../../pull-requests/dismiss-review.ts';
import { editPullRequest } from '../../pull-requests/edit-pull-request.ts';
import { currentPullRequest } from '../../pull-requests/follow-branches.ts';
import { approveHeldEvents, listHeldEvents } from '../../pull-requests/held-events.ts';
import { mergePullRequest } from '../../pull-requests/merge-pull-request.ts';
import { openPullRequest } from '../../pull-requests/open-pull-request.ts';
import { listPullRequests } from '../../pull-requests/pull-request.ts';
import { reviewPullRequest } from '../../pull-requests/review-pull-request.ts';
import {
  heldRunAnswer,
  pullRequestAnswer,
  reviewAnswer,
  showPullRequest,
} from '../../pull-requests/show-pull-request.ts';
import type { ApiContext, ApiRouter } from './api-context.ts';
import { answers, body, noQuery, projectNameOf, projectParams } from './describe-route.ts';

const all = '/projects/{owner}/{name}/pull-requests';
const one = `${all}/{number}` as const;
const oneParams = projectParams.extend({ number: rowNumberSchema });

const list = createRoute({
  method: 'get',
  path: all,
  summary: 'List pull requests of a hosted repository',
  request: { params: projectParams, query: pullRequestFilterSchema },
  responses: answers(200, 'The newest first.', pullRequestPageSchema),
});

const open = createRoute({
  method: 'post',
  path: all,
  summary: 'Open a pull request between two branches of a hosted repository',
  request: { params: projectParams, body: body(newPullRequestSchema) },
  responses: answers(201, 'The pull request.', pullRequestSchema),
});

const show = createRoute({
  method: 'get',
  path: one,
  summary: 'Show a pull request with its reviews and checks, and what is missing for a merge',
  request: { params: oneParams, query: noQuery },
  responses: answers(200, 'The pull request.', pullRequestDetailSchema),
});

const edit = createRoute({
  method: 'patch',
  path: one,
  summary: 'Change, close or reopen a pull request',
  request: { params: oneParams, body: body(pullRequestChangeSchema) },
  responses: answers(200, 'The pull request as it is now.', pullRequestSchema),
});

const review = createRoute({
  method: 'post',
  path: `${one}/reviews`,
  summary: 'Approve a pull request, request changes of it, or comment on it',
  request: { params: oneParams, body: body(newReviewSchema) },
  responses: answers(201, 'The review.', reviewSchema),
});

const dismiss = createRoute({
  method: 'post',
  path: `${one}/reviews/{review}/dismiss`,
  summary: 'Take a review back, so that it counts no more',
  request: {
    params: oneParams.extend({ review: rowNumberSchema }),
    body: body(dismissalSchema),
  },
  responses: answers(200, 'The review.', reviewSchema),
});

const merge = createRoute({
  method: 'post',
  path: `${one}/merge`,
  summary: 'Merge a pull request, if the rules of its base are kept',
  request: { params: oneParams, body: body(mergeSchema) },
  responses: answers(200, 'The merged pull request.', pullRequestSchema),
});

const listHeld = createRoute({
  method: 'get',
  path: '/projects/{owner}/{name}/held-runs',
  summary: 'List runs of pull requests from outside that wait for approval',
  request: { params: projectParams, query: noQuery },
  responses: answers(200, 'The oldest first.', heldRunsSchema),
});

const approveRuns = createRoute({
  method: 'post',
  path: `${one}/runs/approve`,
  summary: 'Let what waits of one head of a pull request run',
  request: { params: oneParams, body: body(approveRunsSchema) },
  responses: answers(200, 'What was waiting.', heldRunsSchema),
});

export function addPullRequestRoutes(api: ApiRouter, context: ApiContext): void {
  const { store } = context;
  // A token may be limited to writing them.
  const readable: Readable = (principal, params) => {
    const name = projectNameOf(params);
    const permission = mayDo(principal, 'pull-request.write', name)
      ? 'pull-request.write'
      : 'pull-request.read';
    return allowedProject({ store, principal, permission }, name);
  };
  api.openapi(list, async (c) => {
    const { name } = await readable(c.var.principal, c.req.valid('param'));
    const { rows, next } = await listPullRequests(store, name, c.req.valid('query'));
    return c.json({ pullRequests: rows.map(pullRequestAnswer), next }, 200);
  });
  api.openapi(show, async (c) => {
    const { number, ...params } = c.req.valid('param');
    const project = await readable(c.var.principal, params);
    const row = await currentPullRequest(context, project, number);
    return c.json(await showPullRequest(context, project, row), 200);
  });
  addChanges(api, context, readable);
  addHeldRuns(api, context, readable);
}

type Readable = (principal: Principal, params: z.infer<typeof projectParams>) => Promise<Project>;

function addChanges(api: ApiRouter, context: ApiContext, readable: Readable): void {
  const { store } = context;
  api.openapi(open, async (c) => {
    const project = await readable(c.var.principal, c.req.valid('param'));
    const wanted = { ...c.req.valid('json'), principal: c.var.principal };
    return c.json(pullRequestAnswer(await openPullRequest(context, project, wanted)), 201);
  });
  api.openapi(edit, async (c) => {
    const { number, ...params } = c.req.valid('param');
    const project = await readable(c.var.principal, params);
    const wanted = { principal: c.var.principal, number, change: c.req.valid('json') };
    return c.json(pullRequestAnswer(await editPullRequest(context, project, wanted)), 200);
  });
  api.openapi(review, async (c) => {
    const { number, ...params } = c.req.valid('param');
    const project = await readable(c.var.principal, params);
    const wanted = { ...c.req.valid('json'), principal: c.var.principal, number };
    return c.json(reviewAnswer(await reviewPullRequest(context, project, wanted)), 201);
  });
  api.openapi(dismiss, async (c) => {
    const { number, review: reviewId, ...params } = c.req.valid('param');
    const project = await readable(c.var.principal, params);
    const wanted = { ...c.req.valid('json'), principal: c.var.principal, number, reviewId };
    return c.json(reviewAnswer(await dismissReview(context, project, wanted)), 200);
  });
  api.openapi(merge, async (c) => {
    const { number, ...params } = c.req.valid('param');
    const { principal } = c.var;
    const project = await allowedProject(
      { store, principal, permission: 'code.write' },
      projectNameOf(params),
    );
    const wanted = { ...c.req.valid('json'), principal, number };
    return c.json(pullRequestAnswer(await mergePullRequest(context, project, wanted)), 200);
  });
}

function addHeldRuns(api: ApiRouter, context: ApiContext, readable: Readable): void {
  api.openapi(listHeld, async (c) => {
    const { name } = await readable(c.var.principal, c.req.valid('param'));
    const rows = await listHeldEvents(context, name, { state: 'held' });
    return c.json({ heldRuns: rows.map(heldRunAnswer) }, 200);
  });
  api.openapi(approveRuns, async (c) => {
    const { number, ...params } = c.req.valid('param');
    const project = await readable(c.var.principal, params);
    context.assertRoom();
    const { sha } = c.req.valid('json');
    await approveHeldEvents(context, project, { principal: c.var.principal, number, sha });
    const rows = await listHeldEvents(context, project.name, { number, state: 'approved' });
    return c.json({ heldRuns: rows.filter(({ head_sha }) => head_sha === sha).map(heldRunAnswer) }, 200);
  });
}
