import { readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** What git's own files say, without starting git. */
export interface GitFiles {
  /** URL of the remote `origin`, or null. */
  originUrl: string | null;
  /** The branch that the others start from: what the remote's HEAD names, else `main` or `master`, or null. */
  defaultBranch: string | null;
  /** The checked out branch and its commit; null for a detached head, and where only git can tell. */
  checkedOut: { branch: string; sha: string } | null;
  hasTag(name: string): boolean;
}

/**
 * Reads the repository's own configuration and refs; includes and the user's configuration are left out on purpose: origin is
 * not defined there, and a process less is worth more at every start.
 * @see https://git-scm.com/docs/gitrepository-layout
 */
export function readGitFiles(root: string): GitFiles {
  const { own, common } = directoriesOf(root);
  const config = readIfThere(join(common, 'config')) ?? '';
  const remoteHead = readIfThere(join(common, 'refs/remotes/origin/HEAD')) ?? '';
  const named = /^ref: refs\/remotes\/origin\/(.+)/.exec(remoteHead)?.[1];
  const usual = () =>
    ['main', 'master'].find((branch) => commitOfRef(common, `refs/heads/${branch}`) !== null);
  const [, branch] = /^ref: refs\/heads\/(.+)/.exec(readIfThere(join(own, 'HEAD')) ?? '') ?? [];
  const sha = branch === undefined ? null : commitOfRef(common, `refs/heads/${branch}`);
  return {
    originUrl: originUrl(config),
    defaultBranch: named ?? usual() ?? null,
    checkedOut: branch === undefined || sha === null ? null : { branch, sha },
    hasTag: (name) => commitOfRef(common, `refs/tags/${name}`) !== null,
  };
}

/** `owner/name` of a hosted repository's URL (https, ssh or scp form), or null. */
export function repositoryOfUrl(url: string): string | null {
  const [, owner, name] = /[/:]([\w.-]+)\/([\w.-]+?)(?:\.git)?\/?$/.exec(url) ?? [];
  return owner === undefined || name === undefined || /^(?:[/.]|file:)/.test(url) ? null : `${owner}/${name}`;
}

/** In a worktree `.git` is a file that names its own folder, whose `commondir` names the one that all share. */
function directoriesOf(root: string): { own: string; common: string } {
  const dotGit = join(root, '.git');
  const pointer = /^gitdir: (.+)/.exec(readIfThere(dotGit) ?? '')?.[1];
  if (pointer === undefined) return { own: dotGit, common: dotGit };
  const own = resolve(root, pointer);
  const common = readIfThere(join(own, 'commondir'));
  return { own, common: common === null ? own : resolve(own, common.trim()) };
}

function commitOfRef(common: string, ref: string): string | null {
  const loose = readIfThere(join(common, ref))?.trim();
  if (loose !== undefined) return /^[0-9a-f]{40,64}$/.test(loose) ? loose : null;
  const packed = readIfThere(join(common, 'packed-refs'))?.split('\n') ?? [];
  return packed.find((line) => line.endsWith(` ${ref}`))?.split(' ')[0] ?? null;
}

function originUrl(config: string): string | null {
  const start = config.indexOf('[remote "origin"]');
  if (start === -1) return null;
  const end = config.indexOf('\n[', start);
  const section = config.slice(start, end === -1 ? config.length : end);
  return /^\s*url\s*=\s*(.+?)\s*$/m.exec(section)?.[1] ?? null;
}

/** Asks first: most of these are not there, and exceptions take longer than files. */
function readIfThere(path: string): string | null {
  if (statSync(path, { throwIfNoEntry: false })?.isFile() !== true) return null;
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}
