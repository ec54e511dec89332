import type { Insertable, Selectable, Updateable } from 'kysely';
import type { Store } from '../../store/open-store.ts';
import type { GithubReleaseTable, ReleaseAssetTable } from '../../store/tables/github-api.ts';

export type GithubRelease = Selectable<GithubReleaseTable>;
export type ReleaseAsset = Selectable<ReleaseAssetTable>;

/** @returns null if a release of the tag is there already */
export async function addRelease(
  store: Store,
  release: Omit<Insertable<GithubReleaseTable>, 'published_tag'>,
): Promise<GithubRelease | null> {
  const row = await store
    .insertInto('github_release')
    .values({ ...release, published_tag: release.draft === 1 ? null : release.tag_name })
    .onConflict((conflict) => conflict.columns(['project', 'published_tag']).doNothing())
    .returningAll()
    .executeTakeFirst();
  return row ?? null;
}

/** @returns null if another release has the tag */
export async function changeRelease(
  store: Store,
  release: GithubRelease,
  change: Omit<Updateable<GithubReleaseTable>, 'published_tag'>,
): Promise<GithubRelease | null> {
  const { draft = release.draft, tag_name = release.tag_name } = change;
  return store.transaction().execute(async (transaction) => {
    const other = await transaction
      .selectFrom('github_release')
      .select('id')
      .where('project', '=', release.project)
      .where('published_tag', '=', String(tag_name))
      .where('id', '!=', release.id)
      .executeTakeFirst();
    if (draft === 0 && other !== undefined) return null;
    return transaction
      .updateTable('github_release')
      .set({ ...change, published_tag: draft === 1 ? null : tag_name })
      .where('id', '=', release.id)
      .returningAll()
      .executeTakeFirstOrThrow();
  });
}

/** The newest first. */
export async function listReleases(store: Store, project: string): Promise<GithubRelease[]> {
  return store
    .selectFrom('github_release')
    .selectAll()
    .where('project', '=', project)
    .orderBy('id', 'desc')
    .execute();
}

/** @returns the digests of its files, which nothing may refer to any more */
export async function removeRelease(store: Store, { id }: GithubRelease): Promise<string[]> {
  return store.transaction().execute(async (transaction) => {
    const gone = await transaction
      .deleteFrom('release_asset')
      .where('release_id', '=', id)
      .returning('digest')
      .execute();
    await transaction.deleteFrom('github_release').where('id', '=', id).execute();
    return gone.map(({ digest }) => digest);
  });
}

/** By name. */
export async function listAssets(store: Store, releaseId: number): Promise<ReleaseAsset[]> {
  return store
    .selectFrom('release_asset')
    .selectAll()
    .where('release_id', '=', releaseId)
    .orderBy('name')
    .execute();
}

/** With the release that it belongs to. @returns null if the project has no such file */
export async function findAsset(
  store: Store,
  { project, id }: { project: string; id: number },
): Promise<{ asset: ReleaseAsset; release: GithubRelease } | null> {
  const asset = await store.selectFrom('release_asset').selectAll().where('id', '=', id).executeTakeFirst();
  if (asset === undefined) return null;
  const release = await store
    .selectFrom('github_release')
    .selectAll()
    .where(({ and }) => and({ project, id: asset.release_id }))
    .executeTakeFirst();
  return release === undefined ? null : { asset, release };
}
