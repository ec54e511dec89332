import { realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type GitOptions, runGit } from '../git/run-git.ts';
import { CheckoutError } from './checkout-error.ts';
import { type PathBytes, splitPaths } from './path-bytes.ts';

/** What is checked out from: files on this machine, as they are now. */
export type SourceTree = SourceRepository | SourceFolder;

/** The root of a git working tree (also a linked one, or a submodule's). */
export interface SourceRepository {
  kind: 'repository';
  root: string;
  /** Tracked and untracked files that are not ignored. Some may not exist: deleted, but not staged. */
  files: PathBytes[];
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

/** Reads what a checkout needs to know of the source; four git processes side by side. */
export async function readSourceTree(root: string, signal: AbortSignal): Promise<SourceTree> {
  const options: GitOptions = { cwd: root, signal };
  const [location, config, files, head, realRoot] = await Promise.all([
    git(['rev-parse', '--path-format=absolute', '--show-toplevel', '--git-dir', '--git-common-dir'], options),
    git(['config', '--list', '-z', '--show-scope'], options),
    git(['ls-files', '-z', '--cached', '--others', '--exclude-standard', '--deduplicate'], options),
    git(['rev-parse', '--verify', '--quiet', 'HEAD^{commit}'], options),
    realpath(root),
  ]);
  if (location === undefined || files === undefined) return { kind: 'folder', root, files: undefined };
  const [toplevel, gitDirectory = '', commonDirectory = ''] = location.toString().split('\n');
  const listed = splitPaths(files).filter((path) => !path.startsWith('.slipway/'));
  if (toplevel !== realRoot) return { kind: 'folder', root, files: listed };
  return {
    kind: 'repository',
    root,
    files: listed,
    gitDirectory,
    commonDirectory,
    config: ownSettings(config ?? Buffer.of()),
    head: head?.toString().trim(),
    isShallow: (await stat(join(commonDirectory, 'shallow')).catch(() => undefined)) !== undefined,
  };
}

/** Standard output, or undefined if git failed. The source may belong to another user: it is the user's own choice to run it. */
async function git(args: string[], options: GitOptions): Promise<Buffer | undefined> {
  const result = await runGit(['-c', 'safe.directory=*', ...args], options);
  if (result.kind === 'not-installed')
    throw new CheckoutError('git-missing', 'There is no git on the PATH', 'Install git.');
  return result.kind === 'exited' && result.exitCode === 0 ? result.stdout : undefined;
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
