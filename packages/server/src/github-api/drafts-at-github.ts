import { z } from 'zod';
import { notFound } from './github-error.ts';

const releaseSchema = z.object({ draft: z.boolean(), assets: z.array(z.object({ id: z.number() })) });
const assetSchema = z.object({ id: z.number(), browser_download_url: z.string() });
const listSchema = z.array(z.looseObject({ draft: z.boolean() }));

/** Whether a path below a repository is the list of its releases. Pure. */
export function isReleaseList(below: string): boolean {
  return /^\/releases\/*$/.test(below);
}

/** The list as those see it who may not write. @param text JSON of GitHub */
export function withoutDrafts(text: string): string {
  return JSON.stringify(listSchema.parse(JSON.parse(text)).filter(({ draft }) => !draft));
}

/**
 * Of releases of a project on GitHub those who may not write see what is published: GitHub itself goes by the project's token, which may.
 * @param below decoded path below the repository; one that shows no single release, nor a file of one, passes
 * @param read gives JSON of a path below the repository
 * @throws GithubError 404
 */
export async function assertPublished(
  below: string,
  read: (path: string) => Promise<unknown>,
): Promise<void> {
  const [, ofAsset, id] = /^\/releases\/(assets\/)?(\d+)(?:\/|$)/.exec(below) ?? [];
  if (id === undefined) return;
  const isPublished =
    ofAsset === undefined
      ? releaseSchema.safeParse(await read(`/releases/${id}`)).data?.draft === false
      : await isOfPublished(assetSchema.safeParse(await read(`/releases/assets/${id}`)).data, read);
  if (!isPublished) throw notFound();
}

/** A file doesn't say of which release it is, but its link names the tag; by a tag GitHub finds what is published only. */
async function isOfPublished(
  asset: z.output<typeof assetSchema> | undefined,
  read: (path: string) => Promise<unknown>,
): Promise<boolean> {
  const [, tag] = /\/releases\/download\/(.+)\/[^/]+$/.exec(asset?.browser_download_url ?? '') ?? [];
  if (tag === undefined) return false;
  const release = releaseSchema.safeParse(await read(`/releases/tags/${tag}`)).data;
  return release?.draft === false && release.assets.some(({ id }) => id === asset?.id);
}
