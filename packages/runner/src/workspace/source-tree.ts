import { realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { isCommitSha } from '../actions/uses.ts';
import { type GitOptions, runGit } from '../git/run-git.ts';
import { CheckoutError } from './checkout-error.ts';
import { exists } from './exists.ts';
import { type PathBytes, splitPaths } from './path-bytes.ts';

/** What is checked out from: files on this machine, as they are now. */
export type SourceTree = SourceRepository | SourceFolder;

/** The root of a git working tree (also a linked one, or a submodule's). */
export interface SourceRepository {
  kind: 'repository';
  root: string;
  /** Tracked and untracked files that are not ignored. */
  files: PathBytes[];
  /** Folders of the submodules, checked out here or not. */
  submodules: PathBytes[];
  /** Holds HEAD and index. */
  gitDirectory: string;
  /** Holds objects, refs and config; same as `gitDirectory` but for a linked working tree. */
  commonDirectory: string;
  /** The repository's own settings; keys as git prints them, in order. */
  config: [key: string, value: string][];
  /** Commit of HEAD; undefined before the first commit. */
  head: string | undefined;
  isShallow: boolean;
}

/** No git, or a folder inside a repository. */
export interface SourceFolder {
  kind: 'folder';
  root: string;
  /** undefined: the folder is in no repository, so nobody has listed what is ignored. */
  files: PathBytes[] | undefined;
}

/** Reads what a checkout needs to know of the source; three git processes side by side. */
export async function readSourceTree(root: string, signal: AbortSignal): Promise<SourceTree> {
  const options: GitOptions = { cwd: root, signal };
  const [location, config, listed, realRoot] = await Promise.all([
    git(
      ['rev-parse', '--path-format=absolute', '--show-toplevel', '--git-dir', '--git-common-dir', 'HEAD'],
      options,
    ),
    git(['config', '--list', '-z', '--show-scope'], options),
    git(['ls-files', '-z', '-t', '--cached', '--deleted', '--others', '--exclude-standard'], options),
    realpath(root),
  ]);
  if (listed.exitCode !== 0) return { kind: 'folder', root, files: undefined };
  // Before the first commit the last of the four fails, after the others have been printed.
  const [toplevel, gitDirectory = '', commonDirectory = '', head = ''] = location.stdout
    .toString()
    .split('\n');
  const all = splitPaths(listed.stdout);
  const submodules = all.includes('H .gitmodules') ? await listSubmodules(options) : [];
  const files = copiedFiles(all, submodules);
  if (toplevel !== realRoot) return { kind: 'folder', root, files };
  return {
    kind: 'repository',
    root,
    files,
    submodules,
    gitDirectory,
    commonDirectory,
    config: ownSettings(config.stdout),
    head: isCommitSha(head) ? head : undefined,
    isShallow: await exists(join(commonDirectory, 'shallow')),
  };
}

/** From `git ls-files -t`: a tag, a blank, the path; what is deleted is listed again as `R`, what is unmerged thrice. */
function copiedFiles(entries: PathBytes[], submodules: PathBytes[]): PathBytes[] {
  const files = new Set(entries.map((entry) => entry.slice(2)).filter(isCopied));
  for (const entry of entries) if (entry.startsWith('R ')) files.delete(entry.slice(2));
  for (const path of submodules) files.delete(path);
  return [...files];
}

/** A name that ends in a slash is another repository inside this one that is no submodule: a push would not take it. */
function isCopied(path: PathBytes): boolean {
  return !path.startsWith('.slipway/') && !path.endsWith('/');
}

/** The index's entries with a link's mode. */
async function listSubmodules(options: GitOptions): Promise<PathBytes[]> {
  const entries = splitPaths((await git(['ls-files', '--stage', '-z'], options)).stdout);
  return entries
    .filter((entry) => entry.startsWith('160000 '))
    .map((entry) => entry.slice(entry.indexOf('\t') + 1));
}

/** The source may belong to another user: to run it is the user's own choice. */
async function git(args: string[], options: GitOptions): Promise<{ exitCode: number; stdout: Buffer }> {
  const result = await runGit(['-c', 'safe.directory=*', ...args], options);
  if (result.kind === 'exited') return result;
  throw new CheckoutError('git-missing', 'There is no git on the PATH', 'Install git.');
}

/** `git config --list -z --show-scope` prints scope NUL key LF value NUL; a key without `=` has no LF and means true. */
function ownSettings(output: Buffer): [string, string][] {
  const fields = output.toString().split('\0');
  const settings: [string, string][] = [];
  for (let index = 0; index + 1 < fields.length; index += 2) {
    if (fields[index] !== 'local' && fields[index] !== 'worktree') continue;
    const setting = fields[index + 1] ?? '';
    const end = setting.indexOf('\n');
    settings.push(end < 0 ? [setting, 'true'] : [setting.slice(0, end), setting.slice(end + 1)]);
  }
  return settings;
}
