import { copyFile, mkdir, readdir, readFile, stat, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { copyFiles } from './copy-files.ts';
import { serializeConfig } from './git-config.ts';
import type { SourceRepository } from './source-tree.ts';

export interface BorrowOptions {
  source: SourceRepository;
  /** The folder that gets a `.git`. */
  workspace: string;
  /** `remote.origin.url` if the source has no such remote. */
  originUrl: string;
  /** Settings beside those of the source. */
  settings: [key: string, value: string][];
  /** `none`: git makes it when it writes the files. Default `copied`. */
  index?: 'copied' | 'none';
  signal: AbortSignal;
}

/**
 * Makes `.git` in a copy of a working tree without a clone: objects are read from the source (alternates), everything
 * else is copied, and what is written later stays here. The index goes with the files: they keep size and
 * modification time, so that the first `git status` needn't read them.
 */
export async function borrowRepository({
  source,
  workspace,
  originUrl,
  settings,
  index = 'copied',
  signal,
}: BorrowOptions): Promise<void> {
  const git = join(workspace, '.git');
  await Promise.all([
    mkdir(join(git, 'objects', 'info'), { recursive: true }),
    mkdir(join(git, 'refs', 'heads'), { recursive: true }),
    mkdir(join(git, 'info'), { recursive: true }),
  ]);
  await Promise.all([
    writeFile(
      join(git, 'objects', 'info', 'alternates'),
      `${quoteAlternate(join(source.commonDirectory, 'objects'))}\n`,
    ),
    writeFile(join(git, 'config'), serializeConfig(configOf(source, originUrl, settings))),
    copyIfPresent(join(source.gitDirectory, 'HEAD'), join(git, 'HEAD')),
    index === 'copied' ? copyIndex(source.gitDirectory, git) : undefined,
    copyIfPresent(join(source.commonDirectory, 'shallow'), join(git, 'shallow')),
    copyIfPresent(join(source.commonDirectory, 'info', 'exclude'), join(git, 'info', 'exclude')),
    copyIfPresent(join(source.commonDirectory, 'info', 'attributes'), join(git, 'info', 'attributes')),
    copyIfPresent(join(source.gitDirectory, 'info', 'sparse-checkout'), join(git, 'info', 'sparse-checkout')),
    copyRefs(source, git, signal),
  ]);
  await followBranch(git);
}

/** A path with a newline, or that begins with a quote, must be quoted as C does. */
function quoteAlternate(path: string): string {
  return /["\n]/.test(path) ? JSON.stringify(path) : path;
}

/** Of the source's settings, what tells how its objects and files are to be read, and where it came from. */
const CARRIED =
  /^(core\.(repositoryformatversion|filemode|symlinks|ignorecase|precomposeunicode|autocrlf|eol|excludesfile|attributesfile|sparsecheckout|sparsecheckoutcone)|index\.sparse|extensions\.(?!worktreeconfig)|remote\.|branch\.|url\.|user\.|filter\.|lfs\.)/;

function configOf(
  source: SourceRepository,
  originUrl: string,
  settings: [string, string][],
): [string, string][] {
  const carried = source.config.filter(([key]) => CARRIED.test(key));
  const hasOrigin = carried.some(([key]) => key === 'remote.origin.url');
  const origin: [string, string][] = [
    ['remote.origin.url', originUrl],
    ['remote.origin.fetch', '+refs/heads/*:refs/remotes/origin/*'],
  ];
  return [
    ...carried,
    ...(hasOrigin ? [] : origin),
    ['core.bare', 'false'],
    ['core.logallrefupdates', 'true'],
    // The copies have the same size and time, but another inode and change time.
    ['core.checkstat', 'minimal'],
    ['core.trustctime', 'false'],
    // As actions/checkout: no housekeeping in the middle of a job.
    ['gc.auto', '0'],
    ...settings,
  ];
}

/** Its modification time too: git compares it with the files' to find those that were changed in the same instant. */
async function copyIndex(from: string, to: string): Promise<void> {
  const index = join(from, 'index');
  const stats = await stat(index).catch(() => undefined);
  if (stats === undefined) return;
  const parts = (await readdir(from)).filter((name) => name.startsWith('sharedindex.'));
  await Promise.all(parts.map((name) => copyIfPresent(join(from, name), join(to, name))));
  await copyFile(index, join(to, 'index'));
  await utimes(join(to, 'index'), stats.atime, stats.mtime);
}

/** Loose refs before packed ones, so that a `git pack-refs` at the same time hides none. */
async function copyRefs(
  { commonDirectory }: SourceRepository,
  git: string,
  signal: AbortSignal,
): Promise<void> {
  for (const folder of ['refs', 'reftable']) {
    const entries = await readdir(join(commonDirectory, folder), {
      recursive: true,
      withFileTypes: true,
    }).catch(() => []);
    const files = entries
      .filter((entry) => entry.isFile() && !entry.name.endsWith('.lock'))
      .map((entry) =>
        Buffer.from(join(entry.parentPath, entry.name).slice(commonDirectory.length + 1)).toString('latin1'),
      );
    await copyFiles({ from: commonDirectory, to: git, files, signal });
  }
  await copyIfPresent(join(commonDirectory, 'packed-refs'), join(git, 'packed-refs'));
}

/** GitHub's checkout always knows `origin/<branch>`; a branch that was never pushed gets it here. */
async function followBranch(git: string): Promise<void> {
  const head = await readFile(join(git, 'HEAD'), 'utf8').catch(() => '');
  const branch = head.match(/^ref: refs\/heads\/(.+)\n/)?.[1];
  if (branch === undefined) return;
  const packed = await readFile(join(git, 'packed-refs'), 'utf8').catch(() => '');
  const tracking = `refs/remotes/origin/${branch}`;
  const loose = await readFile(join(git, 'refs', 'heads', branch), 'utf8').catch(() => '');
  const packedLine = packed.split('\n').find((line) => line.endsWith(` refs/heads/${branch}`));
  const commit = loose.trim() || packedLine?.split(' ')[0];
  if (commit === undefined || packed.includes(` ${tracking}\n`)) return;
  const file = join(git, tracking);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, `${commit}\n`, { flag: 'wx' }).catch(() => {});
}

async function copyIfPresent(from: string, to: string): Promise<void> {
  await copyFile(from, to).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
  });
}
