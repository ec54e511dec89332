import { GitError, git, gitBytes } from '../../repositories/git.ts';

/** One entry of a tree. */
export interface TreeItem {
  path: string;
  mode: string;
  type: 'blob' | 'tree' | 'commit';
  sha: string;
  /** Of a blob. */
  size: number | null;
}

/** @returns null if there is no such tree */
export async function listTree(
  directory: string,
  treeish: string,
  { recursive = false }: { recursive?: boolean } = {},
): Promise<TreeItem[] | null> {
  try {
    const flags = recursive ? ['-r', '-t'] : [];
    const text = await git(directory, ['ls-tree', '-z', '-l', ...flags, treeish]);
    return text
      .split('\0')
      .filter((line) => line !== '')
      .map(parseLine);
  } catch (error) {
    if (error instanceof GitError) return null;
    throw error;
  }
}

/** What a commit has at a path; the root is a tree. @returns null if there is nothing */
export async function findTreeItem(directory: string, sha: string, at: string): Promise<TreeItem | null> {
  if (at === '') {
    const tree = (await git(directory, ['rev-parse', `${sha}^{tree}`])).trim();
    return { path: '', mode: '040000', type: 'tree', sha: tree, size: null };
  }
  const text = await git(directory, ['ls-tree', '-z', '-l', sha, '--', `:(top,literal)${at}`]).catch(
    () => '',
  );
  const item = text.split('\0').filter(Boolean).map(parseLine)[0];
  return item?.path === at ? item : null;
}

/** @returns null if there is no such object of this type */
export async function readObject(
  directory: string,
  type: 'blob' | 'tag',
  sha: string,
): Promise<Buffer | null> {
  if (!/^[0-9a-f]{40}$/i.test(sha)) return null;
  try {
    return await gitBytes(directory, ['cat-file', type, sha]);
  } catch (error) {
    if (error instanceof GitError) return null;
    throw error;
  }
}

/** `commit`, `tree`, `blob` or `tag`. @returns null if there is no such object */
export async function typeOfObject(directory: string, sha: string): Promise<string | null> {
  if (!/^[0-9a-f]{40}$/i.test(sha)) return null;
  return git(directory, ['cat-file', '-t', sha]).then(
    (text) => text.trim(),
    () => null,
  );
}

function parseLine(line: string): TreeItem {
  const [, mode = '', type = 'blob', sha = '', size = '-', path = ''] =
    /^(\d+) (\w+) ([0-9a-f]+) +(\d+|-)\t(.*)$/s.exec(line) ?? [];
  return { path, mode, type: type as TreeItem['type'], sha, size: size === '-' ? null : Number(size) };
}
