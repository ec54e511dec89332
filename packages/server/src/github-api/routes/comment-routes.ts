import { SlipwayError } from '@slipway/contracts/errors';
import { z } from 'zod';
import { mayDo } from '../../access/permission.ts';
import {
  enter,
  type GithubContext,
  type GithubRouter,
  makerOf,
  type RepositoryCall,
  rowParam,
} from '../github-context.ts';
import { notFound } from '../github-error.ts';
import { pageOf } from '../pages.ts';
import { readBody, readQuery, timeText } from '../read-body.ts';
import {
  addComment,
  changeComment,
  type IssueComment,
  listComments,
  readComment,
  removeComment,
} from '../records/comments.ts';
import { requirePullRequest } from '../records/pull-requests.ts';
import { commentShape } from '../shapes/comment.ts';
import { linksOf } from '../shapes/links.ts';
import { issueShape } from '../shapes/pull-request.ts';
import { tellOfComment } from '../tell-of-comment.ts';

const bodySchema = z.object({ body: z.string().min(1).max(65_536) });
const listSchema = z.object({ since: timeText.optional() });

/** Comments on pull requests: there are no other issues here. @see https://docs.github.com/en/rest/issues/comments */
export function addCommentRoutes(api: GithubRouter, context: GithubContext): void {
  const { store, now, publicUrl } = context;
  api.get('/repos/:owner/:repo/issues/comments', async (c) => {
    const call = await enter(c, context, 'issue.read', 'pull-request.read');
    const { since = 0 } = readQuery(c, listSchema);
    const all = await listComments(store, { project: call.project.name, since });
    return c.json(pageOf(c, publicUrl, all).map((one) => commentShape(linksOf(call), one)));
  });
  api.get('/repos/:owner/:repo/issues/comments/:id', async (c) => {
    const call = await enter(c, context, 'issue.read', 'pull-request.read');
    return c.json(commentShape(linksOf(call), await requireComment(call)));
  });
  api.patch('/repos/:owner/:repo/issues/comments/:id', async (c) => {
    const call = await enter(c, context, 'issue.write', 'pull-request.write');
    const { body } = await readBody(c, bodySchema);
    const comment = await requireOwnComment(call);
    return c.json(commentShape(linksOf(call), await changeComment({ store, now: now() }, comment, body)));
  });
  api.delete('/repos/:owner/:repo/issues/comments/:id', async (c) => {
    const call = await enter(c, context, 'issue.write', 'pull-request.write');
    await removeComment(store, await requireOwnComment(call));
    return c.body(null, 204);
  });
  api.get('/repos/:owner/:repo/issues/:number/comments', async (c) => {
    const call = await enter(c, context, 'issue.read', 'pull-request.read');
    const { number } = await requirePullRequest(call);
    const { since = 0 } = readQuery(c, listSchema);
    const all = await listComments(store, { project: call.project.name, number, since });
    return c.json(pageOf(c, publicUrl, all).map((one) => commentShape(linksOf(call), one)));
  });
  api.post('/repos/:owner/:repo/issues/:number/comments', async (c) => {
    const call = await enter(c, context, 'issue.write', 'pull-request.write');
    const pull = await requirePullRequest(call);
    const { body } = await readBody(c, bodySchema);
    const project = call.project.name;
    const author = makerOf(c.var.principal);
    const comment = await addComment({ store, now: now() }, { project, number: pull.number, body, author });
    const shape = await tellOfComment(call, pull, comment);
    return c.json(shape, 201);
  });
  api.get('/repos/:owner/:repo/issues/:number', async (c) => {
    const call = await enter(c, context, 'issue.read', 'pull-request.read');
    return c.json(issueShape(linksOf(call), await requirePullRequest(call)));
  });
}

async function requireComment({ c, context, project }: RepositoryCall): Promise<IssueComment> {
  const id = rowParam(c, 'id');
  const comment = await readComment(context.store, { project: project.name, id });
  if (comment === null) throw notFound();
  return comment;
}

/** What somebody said is changed by whoever said it, and by administrators. @throws SlipwayError `forbidden` */
async function requireOwnComment(call: RepositoryCall): Promise<IssueComment> {
  const comment = await requireComment(call);
  const { principal } = call.c.var;
  const isAdmin = mayDo(principal, 'project.admin', call.project.name);
  if (comment.author !== makerOf(principal) && !isAdmin) {
    throw new SlipwayError('forbidden', { message: 'The comment is of somebody else.' });
  }
  return comment;
}
