import { git } from '../../repositories/git.ts';

/** A file that differs between two commits. */
export interface FileChange {
  path: string;
  /** Of a renamed or copied one. */
  previousPath?: string;
  status: 'added' | 'removed' | 'modified' | 'renamed' | 'copied' | 'changed';
  /** Of the content after; of a removed file before. */
  blob: string;
  additions: number;
  deletions: number;
  /** Without the lines that name the file; absent of binary and of very large ones. */
  patch?: string;
}

/** GitHub shows so many, and patches up to about this size. */
const mostFiles = 3000;
const mostPatchBytes = 1024 * 1024;
/** Of nothing. */
export const emptyTree = '4b825dc642cb6eb9a060e54bf8d69288fbee4904';

/** What lies between two commits or trees, by path, with its patches. */
export async function diffFiles(directory: string, from: string, to: string): Promise<FileChange[]> {
  const raw = await git(directory, [
    'diff',
    '-M',
    '--no-ext-diff',
    '--raw',
    '--no-abbrev',
    '-z',
    from,
    to,
    '--',
  ]);
  const counts = await git(directory, ['diff', '-M', '--no-ext-diff', '--numstat', '-z', from, to, '--']);
  const changes = parseRaw(raw).slice(0, mostFiles);
  const lines = parseCounts(counts);
  const patches = await readPatches(directory, from, to);
  return changes.map((change, index) => {
    const { additions, deletions } = lines[index] ?? { additions: 0, deletions: 0 };
    const patch = patches[index];
    return { ...change, additions, deletions, ...(patch !== undefined && { patch }) };
  });
}

const letters: Record<string, FileChange['status']> = {
  A: 'added',
  D: 'removed',
  M: 'modified',
  R: 'renamed',
  C: 'copied',
  T: 'changed',
};

/** `:mode mode blob blob letter NUL path NUL [path NUL]` */
function parseRaw(text: string): Omit<FileChange, 'additions' | 'deletions'>[] {
  const parts = text.split('\0');
  const changes: Omit<FileChange, 'additions' | 'deletions'>[] = [];
  for (let at = 0; at < parts.length; ) {
    const [, before = '', after = '', letter = ''] =
      /^:\d+ \d+ ([0-9a-f]+) ([0-9a-f]+) ([A-Z])/.exec(parts[at] ?? '') ?? [];
    if (letter === '') break;
    const isPair = letter === 'R' || letter === 'C';
    const path = parts[at + (isPair ? 2 : 1)] ?? '';
    changes.push({
      path,
      status: letters[letter] ?? 'changed',
      blob: letter === 'D' ? before : after,
      ...(isPair && { previousPath: parts[at + 1] ?? '' }),
    });
    at += isPair ? 3 : 2;
  }
  return changes;
}

/** `added TAB deleted TAB path NUL`, of a renamed file `added TAB deleted TAB NUL path NUL path NUL`; `-` of binary ones. */
function parseCounts(text: string): { additions: number; deletions: number }[] {
  return text.split('\0').flatMap((part) => {
    const [, added, deleted] = /^(\d+|-)\t(\d+|-)\t/.exec(part) ?? [];
    return added === undefined ? [] : [{ additions: Number(added) || 0, deletions: Number(deleted) || 0 }];
  });
}

/** All of it as text. */
export function diffText(directory: string, from: string, to: string): Promise<string> {
  return git(directory, ['diff', '-M', '--no-ext-diff', '--no-color', '-p', from, to, '--']);
}

/** In the order of the files. */
async function readPatches(directory: string, from: string, to: string): Promise<(string | undefined)[]> {
  const text = await diffText(directory, from, to);
  return text
    .split(/^(?=diff --git )/m)
    .filter((one) => one.startsWith('diff --git '))
    .map((one) => {
      const begin = one.search(/^@@ /m);
      return begin < 0 || one.length > mostPatchBytes ? undefined : one.slice(begin).trimEnd();
    });
}
