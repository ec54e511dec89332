import type { GithubRelease, ReleaseAsset } from '../records/releases.ts';
import { type Links, nodeId, timeText } from './links.ts';
import { userShape } from './user.ts';

/** @see https://docs.github.com/en/rest/releases/releases */
export function releaseShape(links: Links, release: GithubRelease, assets: readonly ReleaseAsset[]) {
  const { id, tag_name, target_commitish, name, body, creator, created_at, published_at } = release;
  const { server, api, html } = links;
  const url = `${api}/releases/${id}`;
  const tag = encodeURIComponent(tag_name);
  return {
    url,
    assets_url: `${url}/assets`,
    upload_url: `${uploadUrl(links, id)}{?name,label}`,
    html_url: `${html}/releases/tag/${tag}`,
    id,
    author: userShape(creator, server),
    node_id: nodeId('Release', id),
    tag_name,
    target_commitish,
    name,
    draft: release.draft === 1,
    prerelease: release.prerelease === 1,
    immutable: false,
    created_at: timeText(created_at),
    published_at: published_at === null ? null : timeText(published_at),
    assets: assets.map((asset) => assetShape(links, release, asset)),
    tarball_url: `${api}/tarball/${tag}`,
    zipball_url: `${api}/zipball/${tag}`,
    body,
  };
}

export function assetShape(links: Links, { tag_name }: GithubRelease, asset: ReleaseAsset) {
  const { id, name, label, content_type, digest, size, download_count, uploader } = asset;
  return {
    url: `${links.api}/releases/assets/${id}`,
    id,
    node_id: nodeId('ReleaseAsset', id),
    name,
    label,
    uploader: userShape(uploader, links.server),
    content_type,
    state: 'uploaded',
    size,
    digest,
    download_count,
    created_at: timeText(asset.created_at),
    updated_at: timeText(asset.updated_at),
    browser_download_url: `${links.html}/releases/download/${encodeURIComponent(tag_name)}/${encodeURIComponent(name)}`,
  };
}

/** Files go to a place of their own, as on GitHub Enterprise. */
function uploadUrl({ server, api }: Links, releaseId: number): string {
  return `${server}/api/uploads${api.slice(`${server}/api/v3`.length)}/releases/${releaseId}/assets`;
}
