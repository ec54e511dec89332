import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** What git's own files say, without starting git. */
export interface GitFiles {
  /** URL of the remote `origin`, or null. */
  originUrl: string | null;
  /** The branch that the others start from: what the remote's HEAD names, else `main` or `master`, or null. */
  defaultBranch: string | null;
}

/**
 * Reads the repository's own configuration; includes and the user's configuration are left out on purpose: origin is not
 * defined there, and a process less is worth more at every start.
 */
export function readGitFiles(root: string): GitFiles {
  const directory = commonDirectory(root);
  const config = readIfThere(join(directory, 'config')) ?? '';
  const head = readIfThere(join(directory, 'refs/remotes/origin/HEAD')) ?? '';
  const named = /^ref: refs\/remotes\/origin\/(.+)/.exec(head)?.[1];
  const usual = () => ['main', 'master'].find((branch) => hasBranch(directory, branch));
  return { originUrl: originUrl(config), defaultBranch: named ?? usual() ?? null };
}

/** `owner/name` of a hosted repository's URL (https, ssh or scp form), or null. */
export function repositoryOfUrl(url: string): string | null {
  const [, owner, name] = /[/:]([\w.-]+)\/([\w.-]+?)(?:\.git)?\/?$/.exec(url) ?? [];
  return owner === undefined || name === undefined || /^(?:[/.]|file:)/.test(url) ? null : `${owner}/${name}`;
}

/** In a worktree `.git` is a file that names the folder, whose `commondir` names the main one. */
function commonDirectory(root: string): string {
  const dotGit = join(root, '.git');
  const pointer = /^gitdir: (.+)/.exec(readIfThere(dotGit) ?? '')?.[1];
  if (pointer === undefined) return dotGit;
  const directory = resolve(root, pointer);
  const common = readIfThere(join(directory, 'commondir'));
  return common === null ? directory : resolve(directory, common.trim());
}

function hasBranch(directory: string, branch: string): boolean {
  if (existsSync(join(directory, 'refs/heads', branch))) return true;
  return readIfThere(join(directory, 'packed-refs'))?.includes(` refs/heads/${branch}\n`) === true;
}

function originUrl(config: string): string | null {
  const section = /^\[remote "origin"\]\s*\n((?:[^[\n].*\n?|\n)*)/m.exec(config)?.[1] ?? '';
  return /^\s*url\s*=\s*(.+?)\s*$/m.exec(section)?.[1] ?? null;
}

function readIfThere(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}
