import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type GitOptions, runGit } from '../git/run-git.ts';
import { CheckoutError } from './checkout-error.ts';
import { type PathBytes, splitPaths } from './path-bytes.ts';

/** Files of a folder that is in no repository, without those that its `.gitignore` files name. */
export async function listPlainFolder(root: string, signal: AbortSignal): Promise<PathBytes[]> {
  const scratch = await mkdtemp(join(tmpdir(), 'slipway-list-'));
  try {
    const gitDirectory = join(scratch, 'git');
    await git(['init', '--quiet', '--bare', '--template=', gitDirectory], { signal });
    const place = ['--git-dir', gitDirectory, '--work-tree', root, '-c', 'core.bare=false'];
    const output = await git([...place, 'ls-files', '-z', '--others', '--exclude-standard'], {
      cwd: root,
      signal,
    });
    return splitPaths(output).filter((path) => !path.startsWith('.slipway/') && !path.endsWith('/'));
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/**
 * Makes a copy of a plain folder a repository with one commit, so that git works in its steps.
 * The same files always give the same commit: author and date are fixed.
 * @returns the commit
 */
export async function initializeRepository(
  directory: string,
  originUrl: string,
  signal: AbortSignal,
): Promise<string> {
  const options: GitOptions = { cwd: directory, env: { ...process.env, ...IDENTITY }, signal };
  await git(['init', '--quiet', '--template=', '--initial-branch=main'], options);
  await git(['remote', 'add', 'origin', originUrl], options);
  await git(['add', '--all', '--force'], options);
  const commit = ['commit', '--quiet', '--allow-empty', '--no-verify', '--no-gpg-sign', '-m', 'Working tree'];
  await git(commit, options);
  return (await git(['rev-parse', 'HEAD'], options)).toString().trim();
}

const IDENTITY = {
  GIT_AUTHOR_NAME: 'Slipway',
  GIT_AUTHOR_EMAIL: 'slipway@localhost',
  GIT_AUTHOR_DATE: '2000-01-01T00:00:00Z',
  GIT_COMMITTER_NAME: 'Slipway',
  GIT_COMMITTER_EMAIL: 'slipway@localhost',
  GIT_COMMITTER_DATE: '2000-01-01T00:00:00Z',
};

async function git(args: string[], options: GitOptions): Promise<Buffer> {
  const result = await runGit(args, options);
  if (result.kind === 'exited' && result.exitCode === 0) return result.stdout;
  if (result.kind === 'not-installed') {
    throw new CheckoutError('git-missing', 'There is no git on the PATH', 'Install git.');
  }
  const words = result.kind === 'exited' ? result.stderr.trim() : result.kind;
  throw new CheckoutError(
    'git-failed',
    `git ${args[0]} failed: ${words}`,
    'Mend what git complains of and run again.',
  );
}
