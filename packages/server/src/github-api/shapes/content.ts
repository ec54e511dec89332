import type { TreeItem } from '../git/read-tree.ts';
import type { Links } from './links.ts';

/** Something that a repository has at a path. @see https://docs.github.com/en/rest/repos/contents */
export function contentShape({ api, html }: Links, item: TreeItem, ref: string) {
  const encoded = item.path.split('/').map(encodeURIComponent).join('/');
  const url = `${api}/contents/${encoded}?ref=${encodeURIComponent(ref)}`;
  const type = item.mode === '120000' ? 'symlink' : kinds[item.type];
  const gitUrl = item.type === 'commit' ? null : `${api}/git/${item.type}s/${item.sha}`;
  const htmlUrl = `${html}/${item.type === 'tree' ? 'tree' : 'blob'}/${encodeURIComponent(ref)}/${encoded}`;
  return {
    name: item.path.slice(item.path.lastIndexOf('/') + 1),
    path: item.path,
    sha: item.sha,
    size: item.size ?? 0,
    url,
    html_url: htmlUrl,
    git_url: gitUrl,
    // There is no place for files of their own: the same route gives the bytes for `Accept: application/vnd.github.raw`.
    download_url: item.type === 'blob' ? url : null,
    type,
    _links: { self: url, git: gitUrl, html: htmlUrl },
  };
}

const kinds = { blob: 'file', tree: 'dir', commit: 'submodule' } as const;
