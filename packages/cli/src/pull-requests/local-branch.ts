import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Git said no; the message is what it said. */
export class LocalGitError extends Error {
  override readonly name = 'LocalGitError';
}

/** What is checked out, and what its last commit is about. Null: a detached head, or no commit yet. */
export async function currentBranch(): Promise<{ branch: string; subject: string } | null> {
  try {
    const branch = await git('symbolic-ref', '--quiet', '--short', 'HEAD');
    return { branch, subject: await git('log', '-1', '--format=%s') };
  } catch {
    return null;
  }
}

/**
 * Gets a branch of a remote and checks it out; one that is here already goes on to where the remote is.
 * @throws LocalGitError
 */
export async function checkOut(branch: string, remote: string): Promise<void> {
  const tracked = `refs/remotes/${remote}/${branch}`;
  await git('fetch', '--quiet', remote, `+refs/heads/${branch}:${tracked}`);
  const isHere = await git('rev-parse', '--verify', '--quiet', `refs/heads/${branch}`).then(
    () => true,
    () => false,
  );
  if (!isHere) {
    await git('switch', '--quiet', '--create', branch, '--track', `${remote}/${branch}`);
    return;
  }
  await git('switch', '--quiet', branch);
  await git('merge', '--quiet', '--ff-only', tracked);
}

async function git(...args: string[]): Promise<string> {
  try {
    return (await run('git', args)).stdout.trim();
  } catch (error) {
    const { stderr } = error as { stderr?: string };
    throw new LocalGitError(stderr?.trim() || String(error), { cause: error });
  }
}
