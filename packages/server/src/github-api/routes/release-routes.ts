import { z } from 'zod';
import { mayDo } from '../../access/permission.ts';
import { discardUnreferenced } from '../../blobs/discard-unreferenced.ts';
import { storableText } from '../../controller/storable-text.ts';
import { findCommit, isPlainName } from '../git/find-commit.ts';
import { listCommits } from '../git/read-history.ts';
import { createRef } from '../git/write-refs.ts';
import {
  enter,
  type GithubContext,
  type GithubRouter,
  makerOf,
  type RepositoryCall,
  rowParam,
} from '../github-context.ts';
import { alreadyThere, invalidField, notFound } from '../github-error.ts';
import { pageOf } from '../pages.ts';
import { optionalText, readBody } from '../read-body.ts';
import {
  addRelease,
  changeRelease,
  type GithubRelease,
  listAssets,
  listReleases,
  removeRelease,
} from '../records/releases.ts';
import { linksOf } from '../shapes/links.ts';
import { releaseShape } from '../shapes/release.ts';
import { tellWorkflows } from '../tell-workflows.ts';

const changeSchema = z.object({
  tag_name: z.string().min(1).max(255).optional(),
  target_commitish: z.string().min(1).optional(),
  name: optionalText,
  body: z.string().max(125_000).nullish(),
  draft: z.boolean().optional(),
  prerelease: z.boolean().optional(),
  generate_release_notes: z.boolean().optional(),
});
const newSchema = changeSchema.extend({ tag_name: z.string().min(1).max(255) });
const notesSchema = z.object({
  tag_name: z.string(),
  target_commitish: z.string().optional(),
  previous_tag_name: z.string().optional(),
});

/** @see https://docs.github.com/en/rest/releases/releases */
export function addReleaseRoutes(api: GithubRouter, context: GithubContext): void {
  const { store, now, publicUrl } = context;
  api.post('/repos/:owner/:repo/releases', async (c) => {
    const call = await enter(c, context, 'release.write');
    const body = await readBody(c, newSchema);
    const {
      tag_name: tag,
      target_commitish: target = call.project.settings.defaultBranch,
      draft = false,
    } = body;
    if (!isPlainName(tag)) throw invalidField('Release', 'tag_name', 'tag_name is not well-formed');
    if ((await isPublished(call, tag)) && !draft) throw alreadyThere('Release', 'tag_name');
    if (!draft) await ensureTag(call, tag, target);
    const release = await addRelease(store, {
      project: call.project.name,
      tag_name: tag,
      target_commitish: target,
      name: textOrNull(body.name),
      body: textOrNull(await notesOf(call, { ...body, tag, target })),
      draft: draft ? 1 : 0,
      prerelease: body.prerelease === true ? 1 : 0,
      creator: makerOf(c.var.principal),
      created_at: now(),
      published_at: draft ? null : now(),
    });
    if (release === null) throw alreadyThere('Release', 'tag_name');
    const shape = await shapeOf(call, release);
    if (!draft)
      await tell(call, release, [
        'published',
        'created',
        release.prerelease === 1 ? 'prereleased' : 'released',
      ]);
    return c.json(shape, 201, { location: shape.url });
  });
  api.get('/repos/:owner/:repo/releases', async (c) => {
    const call = await enter(c, context, 'code.read');
    const visible = await visibleReleases(call);
    return c.json(await Promise.all(pageOf(c, publicUrl, visible).map((release) => shapeOf(call, release))));
  });
  api.post('/repos/:owner/:repo/releases/generate-notes', async (c) => {
    const call = await enter(c, context, 'release.write');
    const { tag_name: tag, target_commitish, previous_tag_name } = await readBody(c, notesSchema);
    const target = target_commitish ?? call.project.settings.defaultBranch;
    return c.json({ name: tag, body: await generateNotes(call, { tag, target, since: previous_tag_name }) });
  });
  api.get('/repos/:owner/:repo/releases/latest', async (c) => {
    const call = await enter(c, context, 'code.read');
    const latest = (await visibleReleases(call)).find(
      ({ draft, prerelease }) => draft === 0 && prerelease === 0,
    );
    if (latest === undefined) throw notFound();
    return c.json(await shapeOf(call, latest));
  });
  api.get('/repos/:owner/:repo/releases/tags/:tag{.+}', async (c) => {
    const call = await enter(c, context, 'code.read');
    const found = (await visibleReleases(call)).find(
      ({ published_tag }) => published_tag === c.req.param('tag'),
    );
    if (found === undefined) throw notFound();
    return c.json(await shapeOf(call, found));
  });
  addSingleRoutes(api, context);
}

function addSingleRoutes(api: GithubRouter, context: GithubContext): void {
  const { store, blobs, now } = context;
  api.get('/repos/:owner/:repo/releases/:id{[0-9]+}', async (c) => {
    const call = await enter(c, context, 'code.read');
    return c.json(await shapeOf(call, await requireRelease(call)));
  });
  api.patch('/repos/:owner/:repo/releases/:id{[0-9]+}', async (c) => {
    const call = await enter(c, context, 'release.write');
    const before = await requireRelease(call);
    const body = await readBody(c, changeSchema);
    const { tag_name: tag = before.tag_name, target_commitish: target = before.target_commitish } = body;
    const isDraft = body.draft ?? before.draft === 1;
    if (!isPlainName(tag)) throw invalidField('Release', 'tag_name', 'tag_name is not well-formed');
    if (!isDraft) await ensureTag(call, tag, target);
    const isPublished = !isDraft && before.published_at === null;
    const changed = await changeRelease(store, before, {
      tag_name: tag,
      target_commitish: target,
      draft: isDraft ? 1 : 0,
      ...(body.name !== undefined && { name: textOrNull(body.name) }),
      ...(body.body !== undefined && { body: textOrNull(body.body) }),
      ...(body.prerelease !== undefined && { prerelease: body.prerelease ? 1 : 0 }),
      ...(isPublished && { published_at: now() }),
    });
    if (changed === null) throw alreadyThere('Release', 'tag_name');
    if (isPublished)
      await tell(call, changed, ['published', changed.prerelease === 1 ? 'prereleased' : 'released']);
    return c.json(await shapeOf(call, changed));
  });
  api.delete('/repos/:owner/:repo/releases/:id{[0-9]+}', async (c) => {
    const call = await enter(c, context, 'release.write');
    const release = await requireRelease(call);
    await discardUnreferenced(store, blobs, await removeRelease(store, release));
    return c.body(null, 204);
  });
}

/** The release of the path. Drafts are for those who may write. @throws GithubError 404 */
export async function requireRelease(call: RepositoryCall): Promise<GithubRelease> {
  const id = rowParam(call.c, 'id');
  const found = (await visibleReleases(call)).find((release) => release.id === id);
  if (found === undefined) throw notFound();
  return found;
}

async function visibleReleases({ c, context, project }: RepositoryCall): Promise<GithubRelease[]> {
  const maySeeDrafts = mayDo(c.var.principal, 'release.write', project.name);
  const all = await listReleases(context.store, project.name);
  return all.filter(({ draft }) => draft === 0 || maySeeDrafts);
}

async function isPublished({ context, project }: RepositoryCall, tag: string): Promise<boolean> {
  return (await listReleases(context.store, project.name)).some(({ published_tag }) => published_tag === tag);
}

/** A release that is published has its tag; it is made where there is none. */
async function ensureTag(call: RepositoryCall, tag: string, target: string): Promise<void> {
  if ((await findCommit(call.directory, `refs/tags/${tag}`)) !== null) return;
  const sha = await findCommit(call.directory, target);
  if (sha === null)
    throw invalidField('Release', 'target_commitish', `target_commitish is invalid: ${target}`);
  await createRef(call, { ref: `refs/tags/${tag}`, sha });
}

async function shapeOf(call: RepositoryCall, release: GithubRelease) {
  return releaseShape(linksOf(call), release, await listAssets(call.context.store, release.id));
}

async function notesOf(
  call: RepositoryCall,
  wanted: {
    tag: string;
    target: string;
    body?: string | null | undefined;
    generate_release_notes?: boolean | undefined;
  },
): Promise<string | null | undefined> {
  if (wanted.generate_release_notes !== true) return wanted.body;
  const notes = await generateNotes(call, wanted);
  return [wanted.body, notes].filter(Boolean).join('\n\n');
}

/** The first lines of the commits since the release before. */
async function generateNotes(
  call: RepositoryCall,
  { tag, target, since }: { tag: string; target: string; since?: string | undefined },
): Promise<string> {
  const { directory, context, project } = call;
  const head = (await findCommit(directory, `refs/tags/${tag}`)) ?? (await findCommit(directory, target));
  if (head === null)
    throw invalidField('Release', 'target_commitish', `target_commitish is invalid: ${target}`);
  const before =
    since ??
    (await listReleases(context.store, project.name)).find((one) => one.draft === 0 && one.tag_name !== tag)
      ?.tag_name;
  const base = before === undefined ? null : await findCommit(directory, `refs/tags/${before}`);
  const commits = await listCommits(directory, {
    revisions: [base === null ? head : `${base}..${head}`],
    limit: 250,
  });
  const lines = commits.map(
    ({ sha, message, author }) => `* ${message.split('\n', 1)[0]} by ${author.name} in ${sha.slice(0, 7)}`,
  );
  const { html } = linksOf(call);
  const link = base === null ? `${html}/commits/${tag}` : `${html}/compare/${before}...${tag}`;
  return `## What's Changed\n${lines.join('\n')}\n\n**Full Changelog**: ${link}`;
}

async function tell(call: RepositoryCall, release: GithubRelease, actions: readonly string[]): Promise<void> {
  const ref = `refs/tags/${release.tag_name}`;
  const sha = (await findCommit(call.directory, ref)) ?? '';
  const shape = await shapeOf(call, release);
  for (const action of actions) {
    await tellWorkflows(call, {
      name: 'release',
      payload: { action, release: shape },
      subject: { ref, sha },
    });
  }
}

function textOrNull(text: string | null | undefined): string | null {
  return text == null ? null : storableText(text);
}
