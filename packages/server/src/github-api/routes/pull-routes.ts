import { newPullRequestSchema, pullRequestChangeSchema } from '@slipway/contracts/api/pull-requests';
import { z } from 'zod';
import { editPullRequest } from '../../pull-requests/edit-pull-request.ts';
import { openPullRequest } from '../../pull-requests/open-pull-request.ts';
import { mergeBase } from '../../repositories/read-commits.ts';
import { diffFiles, diffText } from '../git/diff-files.ts';
import { listCommits } from '../git/read-history.ts';
import { enter, type GithubContext, type GithubRouter, type RepositoryCall } from '../github-context.ts';
import { pageOf } from '../pages.ts';
import { asksForDiff, readBody } from '../read-body.ts';
import { listComments } from '../records/comments.ts';
import { listPullRequestRows, type PullRequestRow, requirePullRequest } from '../records/pull-requests.ts';
import { commitShape, fileShape } from '../shapes/commit.ts';
import { linksOf } from '../shapes/links.ts';
import { pullRequestShape } from '../shapes/pull-request.ts';
import { repositoryShape } from '../shapes/repository.ts';

const newSchema = z.object({
  title: newPullRequestSchema.shape.title,
  body: z.string().max(65_536).nullish(),
  head: z.string().min(1),
  base: z.string().min(1),
  draft: z.boolean().default(false),
});
const changeSchema = z.object({
  title: pullRequestChangeSchema.shape.title,
  body: z.string().max(65_536).nullish(),
  base: pullRequestChangeSchema.shape.base,
  state: pullRequestChangeSchema.shape.state,
});

/** @see https://docs.github.com/en/rest/pulls/pulls */
export function addPullRoutes(api: GithubRouter, context: GithubContext): void {
  const { publicUrl } = context;
  api.get('/repos/:owner/:repo/pulls', async (c) => {
    const call = await enter(c, context, 'pull-request.read');
    const { head, base } = c.req.query();
    const rows = await listPulls(call, { head: head?.replace(/^[^:/]+:/, ''), base });
    return c.json(pageOf(c, publicUrl, rows).map((row) => shapeOf(call, row)));
  });
  api.post('/repos/:owner/:repo/pulls', async (c) => {
    const call = await enter(c, context, 'pull-request.write', 'pull-request.read');
    const { head, body, ...wanted } = await readBody(c, newSchema);
    const pull = await openPullRequest(context, call.project, {
      ...wanted,
      ...newPullRequestSchema.pick({ head: true }).parse({ head: head.replace(/^[^:/]+:/, '') }),
      body: body ?? '',
      principal: c.var.principal,
    });
    const shape = await detailOf(call, pull);
    return c.json(shape, 201, { location: shape.url });
  });
  api.get('/repos/:owner/:repo/pulls/:number', async (c) => {
    const call = await enter(c, context, 'pull-request.read');
    const pull = await requirePullRequest(call);
    if (asksForDiff(c))
      return c.text(await diffText(call.directory, await forkPoint(call, pull), pull.head_sha));
    return c.json(await detailOf(call, pull));
  });
  api.patch('/repos/:owner/:repo/pulls/:number', async (c) => {
    const call = await enter(c, context, 'pull-request.write', 'pull-request.read');
    const { number } = await requirePullRequest(call);
    const { body, ...rest } = await readBody(c, changeSchema);
    const change = { ...rest, ...(body !== undefined && { body: body ?? '' }) };
    const pull = await editPullRequest(context, call.project, { principal: c.var.principal, number, change });
    return c.json(await detailOf(call, pull));
  });
  api.get('/repos/:owner/:repo/pulls/:number/files', async (c) => {
    const call = await enter(c, context, 'pull-request.read');
    const pull = await requirePullRequest(call);
    const files = await diffFiles(call.directory, await forkPoint(call, pull), pull.head_sha);
    return c.json(pageOf(c, publicUrl, files).map((file) => fileShape(linksOf(call), file, pull.head_sha)));
  });
  api.get('/repos/:owner/:repo/pulls/:number/commits', async (c) => {
    const call = await enter(c, context, 'pull-request.read');
    const commits = await commitsOf(call, await requirePullRequest(call));
    return c.json(pageOf(c, publicUrl, commits).map((commit) => commitShape(linksOf(call), commit)));
  });
  api.get('/repos/:owner/:repo/commits/:sha/pulls', async (c) => {
    const call = await enter(c, context, 'pull-request.read');
    const sha = c.req.param('sha').toLowerCase();
    const rows = await listPullRequestRows(call);
    const wanted = rows.filter((row) => row.head_sha === sha || row.merge_commit_sha === sha);
    return c.json(pageOf(c, publicUrl, wanted).map((row) => shapeOf(call, row)));
  });
}

async function listPulls(
  call: RepositoryCall,
  { head, base }: { head?: string | undefined; base?: string | undefined },
): Promise<PullRequestRow[]> {
  const { state = 'open', sort = 'created', direction = 'desc' } = call.c.req.query();
  const rows = (await listPullRequestRows(call)).filter(
    (row) =>
      (state === 'all' || (row.state === 'open') === (state === 'open')) &&
      (head === undefined || row.head_ref === head) &&
      (base === undefined || row.base_ref === base),
  );
  const sorted = sort === 'updated' ? rows.toSorted((one, other) => other.updated_at - one.updated_at) : rows;
  return direction === 'asc' ? sorted.toReversed() : sorted;
}

export function shapeOf(call: RepositoryCall, pull: PullRequestRow) {
  const links = linksOf(call);
  const { project } = call;
  const permissions = { admin: false, push: false, pull: true };
  const repository = repositoryShape({ links, project, permissions, pushedAt: project.createdAt });
  return pullRequestShape(links, pull, repository);
}

/** With what takes git to tell. */
async function detailOf(call: RepositoryCall, pull: PullRequestRow) {
  const files = await diffFiles(call.directory, await forkPoint(call, pull), pull.head_sha);
  const comments = await listComments(call.context.store, { project: pull.project, number: pull.number });
  return {
    ...shapeOf(call, pull),
    commits: (await commitsOf(call, pull)).length,
    additions: files.reduce((sum, file) => sum + file.additions, 0),
    deletions: files.reduce((sum, file) => sum + file.deletions, 0),
    changed_files: files.length,
    comments: comments.length,
    review_comments: 0,
  };
}

async function forkPoint(
  { directory }: RepositoryCall,
  { base_sha, head_sha }: PullRequestRow,
): Promise<string> {
  return (await mergeBase(directory, base_sha, head_sha)) ?? base_sha;
}

function commitsOf({ directory }: RepositoryCall, { base_sha, head_sha }: PullRequestRow) {
  return listCommits(directory, { revisions: [`${base_sha}..${head_sha}`], oldestFirst: true });
}
