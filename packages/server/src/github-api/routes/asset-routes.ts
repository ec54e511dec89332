import { randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { access, rm } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import { SlipwayError } from '@slipway/contracts/errors';
import { z } from 'zod';
import { mayDo } from '../../access/permission.ts';
import { discardUnreferenced } from '../../blobs/discard-unreferenced.ts';
import { limitBody } from '../../http/limit-body.ts';
import { sendBlob } from '../../results/blob-routes.ts';
import {
  enter,
  type GithubCall,
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
  findAsset,
  type GithubRelease,
  listAssets,
  listReleases,
  type ReleaseAsset,
} from '../records/releases.ts';
import { linksOf } from '../shapes/links.ts';
import { assetShape } from '../shapes/release.ts';
import { requireRelease } from './release-routes.ts';

/** As on GitHub. */
const mostBytes = 2 * 1024 ** 3;
const fileName = z
  .string()
  .min(1)
  .max(255)
  .regex(/^[^/\\\0]+$/, 'no name for a file');
const changeSchema = z.object({ name: fileName.optional(), label: optionalText });

/** @see https://docs.github.com/en/rest/releases/assets */
export function addAssetRoutes(api: GithubRouter, context: GithubContext): void {
  const { store, blobs, now, publicUrl } = context;
  api.get('/repos/:owner/:repo/releases/:id{[0-9]+}/assets', async (c) => {
    const call = await enter(c, context, 'code.read');
    const release = await requireRelease(call);
    const all = await listAssets(store, release.id);
    return c.json(pageOf(c, publicUrl, all).map((asset) => assetShape(linksOf(call), release, asset)));
  });
  api.get('/repos/:owner/:repo/releases/assets/:id', async (c) => {
    const call = await enter(c, context, 'code.read');
    const { asset, release } = await requireAsset(call);
    if (c.req.header('accept')?.includes('application/octet-stream')) return sendAsset(call, asset);
    return c.json(assetShape(linksOf(call), release, asset));
  });
  api.patch('/repos/:owner/:repo/releases/assets/:id', async (c) => {
    const call = await enter(c, context, 'release.write');
    const { asset, release } = await requireAsset(call);
    const { name = asset.name, label = asset.label } = await readBody(c, changeSchema);
    if (name !== asset.name && (await listAssets(store, release.id)).some((other) => other.name === name)) {
      throw alreadyThere('ReleaseAsset', 'name');
    }
    const changed = await store
      .updateTable('release_asset')
      .set({ name, label, updated_at: now() })
      .where('id', '=', asset.id)
      .returningAll()
      .executeTakeFirstOrThrow();
    return c.json(assetShape(linksOf(call), release, changed));
  });
  api.delete('/repos/:owner/:repo/releases/assets/:id', async (c) => {
    const { asset } = await requireAsset(await enter(c, context, 'release.write'));
    await store.deleteFrom('release_asset').where('id', '=', asset.id).execute();
    await discardUnreferenced(store, blobs, [asset.digest]);
    return c.body(null, 204);
  });
}

/** `POST …/releases/:id/assets?name=`, to be mounted where `upload_url` points to. */
export function addUploadRoutes(uploads: GithubRouter, context: GithubContext): void {
  uploads.post('/repos/:owner/:repo/releases/:id{[0-9]+}/assets', limitBody(mostBytes), async (c) => {
    context.assertRoom();
    const call = await enter(c, context, 'release.write');
    const release = await requireRelease(call);
    const name = fileName.parse(c.req.query('name'));
    const asset = await takeAsset(call, release, { name, label: c.req.query('label') ?? null });
    return c.json(assetShape(linksOf(call), release, asset), 201);
  });
}

/** `GET /:owner/:repo/releases/download/:tag/:name`, for people and programs that have the link. */
export function addDownloadRoutes(downloads: GithubRouter, context: GithubContext): void {
  downloads.get('/:owner/:repo/releases/download/:tag/:name', async (c) => {
    const call = await enter(c, context, 'code.read');
    const { tag, name } = c.req.param();
    const releases = await listReleases(context.store, call.project.name);
    const release = releases.find(({ published_tag }) => published_tag === tag);
    const assets = release === undefined ? [] : await listAssets(context.store, release.id);
    const asset = assets.find((one) => one.name === name);
    if (asset === undefined) throw notFound();
    return sendAsset(call, asset);
  });
}

/** The file of the path, of a release that the caller may see. @throws GithubError 404 */
async function requireAsset({ c, context, project }: RepositoryCall) {
  const id = rowParam(c, 'id');
  const found = await findAsset(context.store, { project: project.name, id });
  const maySee = found?.release.draft === 0 || mayDo(c.var.principal, 'release.write', project.name);
  if (found === null || !maySee) throw notFound();
  return found;
}

async function sendAsset({ c, context }: { c: GithubCall; context: GithubContext }, asset: ReleaseAsset) {
  await context.store
    .updateTable('release_asset')
    .set(({ eb, ref }) => ({ download_count: eb(ref('download_count'), '+', 1) }))
    .where('id', '=', asset.id)
    .execute();
  const download = {
    digest: asset.digest,
    sizeBytes: asset.size,
    mimeType: asset.content_type,
    fileName: asset.name,
  };
  await sendBlob(context.blobs, { download, request: c.env.incoming, response: c.env.outgoing });
  return RESPONSE_ALREADY_SENT;
}

/** The body becomes a file of the release, whole or not at all. */
async function takeAsset(
  { c, context }: RepositoryCall,
  release: GithubRelease,
  { name, label }: { name: string; label: string | null },
): Promise<ReleaseAsset> {
  const { store, blobs, now } = context;
  if ((await listAssets(store, release.id)).some((asset) => asset.name === name)) {
    throw alreadyThere('ReleaseAsset', 'name');
  }
  const file = path.join(blobs.stagingDirectory(), randomUUID());
  try {
    await pipeline(c.env.incoming, createWriteStream(file));
  } catch (cause) {
    await rm(file, { force: true });
    throw new SlipwayError('bad-request', { message: 'The upload broke off.', cause });
  }
  const { digest, size } = await blobs.adopt(file);
  if (size === 0) {
    await discardUnreferenced(store, blobs, [digest]);
    throw invalidField('ReleaseAsset', 'size', 'size must be greater than or equal to 1');
  }
  const row = await store.transaction().execute(async (transaction) => {
    const inserted = await transaction
      .insertInto('release_asset')
      .values({
        release_id: release.id,
        name,
        label,
        content_type: c.req.header('content-type') ?? 'application/octet-stream',
        digest,
        size,
        download_count: 0,
        uploader: makerOf(c.var.principal),
        created_at: now(),
        updated_at: now(),
      })
      .onConflict((conflict) => conflict.columns(['release_id', 'name']).doNothing())
      .returningAll()
      .executeTakeFirst();
    if (inserted !== undefined) await access(blobs.fileOf(digest));
    return inserted;
  });
  if (row !== undefined) return row;
  await discardUnreferenced(store, blobs, [digest]);
  throw alreadyThere('ReleaseAsset', 'name');
}
