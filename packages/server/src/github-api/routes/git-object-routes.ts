import { z } from 'zod';
import { personOf } from '../git/commit-on-branch.ts';
import { findCommit } from '../git/find-commit.ts';
import { readOneCommit } from '../git/read-history.ts';
import { listTree, readObject, typeOfObject } from '../git/read-tree.ts';
import {
  isTreePath,
  type TreeEntry,
  writeBlob,
  writeCommit,
  writeTag,
  writeTree,
} from '../git/write-objects.ts';
import { enter, type GithubContext, type GithubRouter, type RepositoryCall } from '../github-context.ts';
import { GithubError, invalidField, notFound } from '../github-error.ts';
import { readBody } from '../read-body.ts';
import { gitCommitShape } from '../shapes/commit.ts';
import { linksOf, nodeId } from '../shapes/links.ts';

const sha = z.string().regex(/^[0-9a-f]{40}$/i, 'no hash of an object');
const person = z.object({ name: z.string().min(1), email: z.string().min(1), date: z.string().optional() });
const blobSchema = z.object({ content: z.string(), encoding: z.enum(['utf-8', 'base64']).default('utf-8') });
const treeSchema = z.object({
  base_tree: sha.optional(),
  tree: z
    .array(
      z.object({
        path: z.string().refine(isTreePath, 'path is malformed'),
        mode: z.enum(['100644', '100755', '040000', '160000', '120000']).default('100644'),
        sha: sha.nullish(),
        content: z.string().optional(),
      }),
    )
    .max(100_000),
});
const commitSchema = z.object({
  message: z.string(),
  tree: sha,
  parents: z.array(sha).default([]),
  author: person.optional(),
  committer: person.optional(),
});
const tagSchema = z.object({
  tag: z.string().min(1),
  message: z.string(),
  object: sha,
  type: z.enum(['commit', 'tree', 'blob']),
  tagger: person.optional(),
});

/** Blobs, trees, commits and tags. @see https://docs.github.com/en/rest/git */
export function addGitObjectRoutes(api: GithubRouter, context: GithubContext): void {
  api.get('/repos/:owner/:repo/git/blobs/:sha', async (c) => {
    const call = await enter(c, context, 'code.read');
    const content = await readObject(call.directory, 'blob', c.req.param('sha'));
    if (content === null) throw notFound();
    return c.json({
      ...blobShape(call, c.req.param('sha')),
      size: content.length,
      content: content.toString('base64'),
      encoding: 'base64',
    });
  });
  api.post('/repos/:owner/:repo/git/blobs', async (c) => {
    const call = await enter(c, context, 'code.write');
    const { content, encoding } = await readBody(c, blobSchema);
    const bytes = Buffer.from(content, encoding === 'base64' ? 'base64' : 'utf8');
    return c.json(blobShape(call, await writeBlob(call, bytes)), 201);
  });
  api.get('/repos/:owner/:repo/git/trees/:sha', async (c) => {
    const call = await enter(c, context, 'code.read');
    const recursive = c.req.query('recursive') !== undefined;
    return c.json(await treeShape(call, await treeOf(call, c.req.param('sha')), recursive));
  });
  api.post('/repos/:owner/:repo/git/trees', async (c) => {
    const call = await enter(c, context, 'code.write');
    const { base_tree: base = null, tree } = await readBody(c, treeSchema);
    const entries = await Promise.all(tree.map((entry) => entryOf(call, entry)));
    return c.json(await treeShape(call, await writeTree(call, { base, entries }), false), 201);
  });
  addCommitAndTagRoutes(api, context);
}

function addCommitAndTagRoutes(api: GithubRouter, context: GithubContext): void {
  api.get('/repos/:owner/:repo/git/commits/:sha', async (c) => {
    const call = await enter(c, context, 'code.read');
    return c.json(await commitOf(call, c.req.param('sha')));
  });
  api.post('/repos/:owner/:repo/git/commits', async (c) => {
    const call = await enter(c, context, 'code.write');
    const { message, tree, parents, author, committer } = await readBody(c, commitSchema);
    const made = await writeCommit(call, {
      message,
      tree,
      parents,
      author: personOf(call, author),
      committer: personOf(call, committer ?? author),
    });
    return c.json(await commitOf(call, made), 201);
  });
  api.get('/repos/:owner/:repo/git/tags/:sha', async (c) => {
    const call = await enter(c, context, 'code.read');
    return c.json(await tagShape(call, c.req.param('sha')));
  });
  api.post('/repos/:owner/:repo/git/tags', async (c) => {
    const call = await enter(c, context, 'code.write');
    const { tag: name, message, object, type, tagger } = await readBody(c, tagSchema);
    const made = await writeTag(call, {
      name,
      message,
      object,
      type,
      tagger: personOf(call, tagger),
    });
    return c.json(await tagShape(call, made), 201);
  });
}

function blobShape(call: RepositoryCall, blob: string) {
  return { sha: blob, node_id: nodeId('Blob', blob), url: `${linksOf(call).api}/git/blobs/${blob}` };
}

/** A tree by its own hash, or that of a commit by any of its names. @throws GithubError 404 */
async function treeOf(call: RepositoryCall, name: string): Promise<string> {
  if ((await typeOfObject(call.directory, name)) === 'tree') return name;
  const found = await findCommit(call.directory, name);
  const commit = found === null ? null : await readOneCommit(call.directory, found);
  if (commit === null) throw notFound();
  return commit.tree;
}

async function treeShape(call: RepositoryCall, tree: string, recursive: boolean) {
  const items = await listTree(call.directory, tree, { recursive });
  if (items === null) throw notFound();
  const { api } = linksOf(call);
  return {
    sha: tree,
    url: `${api}/git/trees/${tree}`,
    tree: items.map(({ path, mode, type, sha: object, size }) => ({
      path,
      mode,
      type,
      sha: object,
      ...(size !== null && { size }),
      ...(type !== 'commit' && { url: `${api}/git/${type}s/${object}` }),
    })),
    truncated: false,
  };
}

async function entryOf(
  call: RepositoryCall,
  entry: z.output<typeof treeSchema>['tree'][number],
): Promise<TreeEntry> {
  const { path, mode, content } = entry;
  if (content !== undefined) return { path, mode, blob: await writeBlob(call, Buffer.from(content)) };
  if (entry.sha === undefined) throw invalidField('Tree', 'tree.sha', `${path} has neither sha nor content`);
  return { path, mode, blob: entry.sha };
}

async function commitOf(call: RepositoryCall, name: string) {
  const commit = /^[0-9a-f]{40}$/i.test(name) ? await readOneCommit(call.directory, name) : null;
  if (commit === null) throw notFound();
  return gitCommitShape(linksOf(call), commit);
}

/** @throws GithubError 404 */
async function tagShape(call: RepositoryCall, name: string) {
  const text = (await readObject(call.directory, 'tag', name))?.toString();
  if (text === undefined) throw notFound();
  const [, object = '', type = '', tag = '', tagger = ''] =
    /^object (\w+)\ntype (\w+)\ntag (.*)\n(?:tagger (.*)\n)?/.exec(text) ?? [];
  const [, who = '', email = '', seconds = '0'] = /^(.*) <(.*)> (\d+)/.exec(tagger) ?? [];
  const { api } = linksOf(call);
  if (object === '') throw new GithubError(422, 'The tag cannot be read.');
  return {
    node_id: nodeId('Tag', name),
    sha: name,
    url: `${api}/git/tags/${name}`,
    tag,
    message: text.slice(text.indexOf('\n\n') + 2).trimEnd(),
    tagger: { name: who, email, date: new Date(Number(seconds) * 1000).toISOString() },
    object: { sha: object, type, url: `${api}/git/${type}s/${object}` },
    verification: { verified: false, reason: 'unsigned', signature: null, payload: null, verified_at: null },
  };
}
