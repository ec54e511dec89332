import { diffFiles, emptyTree, type FileChange } from '../git/diff-files.ts';
import type { Commit } from '../git/read-history.ts';
import { type Links, nodeId, timeText } from './links.ts';

/** A commit as the git database shows it. @see https://docs.github.com/en/rest/git/commits */
export function gitCommitShape({ api, html }: Links, commit: Commit) {
  const { sha, tree, message, author, committer, parents } = commit;
  return {
    sha,
    node_id: nodeId('Commit', sha),
    url: `${api}/git/commits/${sha}`,
    html_url: `${html}/commit/${sha}`,
    author: personShape(author),
    committer: personShape(committer),
    message,
    tree: { sha: tree, url: `${api}/git/trees/${tree}` },
    parents: parents.map((parent) => ({
      sha: parent,
      url: `${api}/git/commits/${parent}`,
      html_url: `${html}/commit/${parent}`,
    })),
    verification: unverified,
  };
}

/** A commit as lists show it. @see https://docs.github.com/en/rest/commits/commits */
export function commitShape({ api, html }: Links, commit: Commit) {
  const { sha, tree, message, author, committer, parents } = commit;
  return {
    sha,
    node_id: nodeId('Commit', sha),
    url: `${api}/commits/${sha}`,
    html_url: `${html}/commit/${sha}`,
    comments_url: `${api}/commits/${sha}/comments`,
    commit: {
      url: `${api}/git/commits/${sha}`,
      author: personShape(author),
      committer: personShape(committer),
      message,
      tree: { sha: tree, url: `${api}/git/trees/${tree}` },
      comment_count: 0,
      verification: unverified,
    },
    // Whose address of mail it is, nobody knows here.
    author: null,
    committer: null,
    parents: parents.map((parent) => ({
      sha: parent,
      url: `${api}/commits/${parent}`,
      html_url: `${html}/commit/${parent}`,
    })),
  };
}

/** The same with what it changed against its first parent. */
export async function commitWithFiles(links: Links, directory: string, commit: Commit) {
  const files = await diffFiles(directory, commit.parents[0] ?? emptyTree, commit.sha);
  const additions = files.reduce((sum, file) => sum + file.additions, 0);
  const deletions = files.reduce((sum, file) => sum + file.deletions, 0);
  return {
    ...commitShape(links, commit),
    stats: { additions, deletions, total: additions + deletions },
    files: files.map((file) => fileShape(links, file, commit.sha)),
  };
}

export function fileShape({ api, html }: Links, file: FileChange, sha: string) {
  const { path, previousPath, status, blob, additions, deletions, patch } = file;
  const encoded = path.split('/').map(encodeURIComponent).join('/');
  return {
    sha: blob,
    filename: path,
    ...(previousPath !== undefined && { previous_filename: previousPath }),
    status,
    additions,
    deletions,
    changes: additions + deletions,
    blob_url: `${html}/blob/${sha}/${encoded}`,
    raw_url: `${api}/contents/${encoded}?ref=${sha}`,
    contents_url: `${api}/contents/${encoded}?ref=${sha}`,
    ...(patch !== undefined && { patch }),
  };
}

function personShape({ name, email, date }: Commit['author']) {
  return { name, email, date: timeText(Date.parse(date)) };
}

const unverified = { verified: false, reason: 'unsigned', signature: null, payload: null, verified_at: null };
