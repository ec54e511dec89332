import { z } from 'zod';
import { branchTip, commitOnBranch, personOf } from '../git/commit-on-branch.ts';
import { requireCommit } from '../git/find-commit.ts';
import { readOneCommit } from '../git/read-history.ts';
import { findTreeItem, listTree, readObject, type TreeItem } from '../git/read-tree.ts';
import { isTreePath, writeBlob } from '../git/write-objects.ts';
import {
  enter,
  type GithubCall,
  type GithubContext,
  type GithubRouter,
  type RepositoryCall,
} from '../github-context.ts';
import { GithubError, invalidField, notFound } from '../github-error.ts';
import { readBody } from '../read-body.ts';
import { gitCommitShape } from '../shapes/commit.ts';
import { contentShape } from '../shapes/content.ts';
import { linksOf } from '../shapes/links.ts';

const person = z.object({ name: z.string().min(1), email: z.string().min(1), date: z.string().optional() });
const changeSchema = z.object({
  message: z.string().min(1),
  sha: z.string().optional(),
  branch: z.string().min(1).optional(),
  author: person.optional(),
  committer: person.optional(),
});
const putSchema = changeSchema.extend({ content: z.string() });

/** As on GitHub: larger files are had as raw bytes only. */
const mostEncodedBytes = 1024 ** 2;

/** @see https://docs.github.com/en/rest/repos/contents */
export function addContentRoutes(api: GithubRouter, context: GithubContext): void {
  api.get('/repos/:owner/:repo/readme', async (c) => {
    const call = await enter(c, context, 'code.read');
    const ref = refOf(call);
    const sha = await requireCommit(call.directory, ref);
    const items = (await listTree(call.directory, sha)) ?? [];
    const readme = items.find(({ path, type }) => type === 'blob' && /^readme(\.[a-z]+)?$/i.test(path));
    if (readme === undefined) throw notFound();
    return answerFile(call, readme, ref);
  });
  const read = async (c: GithubCall, path: string) => {
    const call = await enter(c, context, 'code.read');
    const ref = refOf(call);
    const sha = await requireCommit(call.directory, ref);
    const at = path.replace(/^\/+|\/+$/g, '');
    const item = await findTreeItem(call.directory, sha, at);
    if (item === null) throw notFound();
    if (item.type === 'tree') return answerFolder(call, { at, tree: item.sha, ref });
    return answerFile(call, item, ref);
  };
  api.get('/repos/:owner/:repo/contents', (c) => read(c, ''));
  api.get('/repos/:owner/:repo/contents/:path{.*}', (c) => read(c, c.req.param('path')));
  api.put('/repos/:owner/:repo/contents/:path{.+}', async (c) => {
    const call = await enter(c, context, 'code.write');
    const body = await readBody(c, putSchema);
    const blob = await writeBlob(call, Buffer.from(body.content, 'base64'));
    const { sha, existed } = await changeFile(call, c.req.param('path'), { ...body, blob });
    const item = await findTreeItem(call.directory, sha, c.req.param('path'));
    return c.json(await changeAnswer(call, sha, item), existed ? 200 : 201);
  });
  api.delete('/repos/:owner/:repo/contents/:path{.+}', async (c) => {
    const call = await enter(c, context, 'code.write');
    const body = await readBody(c, changeSchema);
    if (body.sha === undefined) throw invalidField('Content', 'sha', '"sha" wasn\'t supplied.');
    const { sha } = await changeFile(call, c.req.param('path'), { ...body, blob: null });
    return c.json(await changeAnswer(call, sha, null));
  });
}

function refOf({ c, project }: RepositoryCall): string {
  return c.req.query('ref') || project.settings.defaultBranch;
}

async function answerFolder(
  call: RepositoryCall,
  { at, tree, ref }: { at: string; tree: string; ref: string },
): Promise<Response> {
  const items = (await listTree(call.directory, tree)) ?? [];
  const prefix = at === '' ? '' : `${at}/`;
  const links = linksOf(call);
  return call.c.json(items.map((item) => contentShape(links, { ...item, path: prefix + item.path }, ref)));
}

async function answerFile(call: RepositoryCall, item: TreeItem, ref: string): Promise<Response> {
  const { c, directory } = call;
  const shape = contentShape(linksOf(call), item, ref);
  if (item.type === 'commit') return c.json(shape);
  const content = await readObject(directory, 'blob', item.sha);
  if (content === null) throw notFound();
  if (/application\/vnd\.github\.(v3\.)?raw/.test(c.req.header('accept') ?? '')) {
    return c.body(new Uint8Array(content), 200, {
      'content-type': 'application/vnd.github.raw; charset=utf-8',
      'x-content-type-options': 'nosniff',
    });
  }
  const isLarge = content.length > mostEncodedBytes;
  return c.json({
    ...shape,
    ...(item.mode === '120000' && { target: content.toString() }),
    content: isLarge
      ? ''
      : `${content
          .toString('base64')
          .replace(/(.{60})/g, '$1\n')
          .trimEnd()}\n`,
    encoding: isLarge ? 'none' : 'base64',
  });
}

async function changeFile(
  call: RepositoryCall,
  path: string,
  body: z.output<typeof changeSchema> & { blob: string | null },
): Promise<{ sha: string; existed: boolean }> {
  if (!isTreePath(path)) throw invalidField('Content', 'path', `path is malformed: ${path}`);
  const branch = (body.branch ?? call.project.settings.defaultBranch).replace(/^refs\/heads\//, '');
  const head = await branchTip(call, branch);
  if (head === null && body.branch !== undefined && body.branch !== call.project.settings.defaultBranch) {
    throw new GithubError(404, `Branch ${branch} not found`);
  }
  const before = head === null ? null : await findTreeItem(call.directory, head, path);
  if (before === null && body.blob === null) throw notFound();
  if (before !== null && body.sha === undefined) {
    throw invalidField('Content', 'sha', 'Invalid request.\n\n"sha" wasn\'t supplied.');
  }
  if (before !== null && body.sha !== before.sha) {
    throw new GithubError(409, `${path} does not match ${body.sha}`);
  }
  const author = personOf(call, body.author ?? body.committer);
  const committer = personOf(call, body.committer ?? body.author);
  const mode = before?.mode === '100755' ? '100755' : '100644';
  const entries = [{ path, mode, blob: body.blob } as const];
  const sha = await commitOnBranch(call, { branch, head, entries, message: body.message, author, committer });
  return { sha, existed: before !== null };
}

async function changeAnswer(call: RepositoryCall, sha: string, item: TreeItem | null) {
  const links = linksOf(call);
  const commit = await readOneCommit(call.directory, sha);
  if (commit === null) throw notFound();
  return {
    content: item === null ? null : contentShape(links, item, sha),
    commit: gitCommitShape(links, commit),
  };
}
