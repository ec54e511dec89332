import { runGit } from '../git/run-git.ts';
import { CheckoutError } from './checkout-error.ts';

/** More gain little on one disk; below a hundred files git uses one whatever it is told. */
const writers = 4;

/**
 * Writes index and files of HEAD into a repository that has none of them yet, within its sparse patterns.
 * @throws CheckoutError `git-failed`, `git-missing`
 */
export async function writeHead(repository: string, signal: AbortSignal): Promise<void> {
  const words = ['-c', `checkout.workers=${writers}`, 'read-tree', '--reset', '-u', 'HEAD'];
  const result = await runGit(words, { cwd: repository, signal });
  if (result.kind === 'not-installed') {
    throw new CheckoutError('git-missing', 'There is no git on the PATH', 'Install git.');
  }
  if (result.kind === 'exited' && result.exitCode === 0) return;
  const said = result.kind === 'exited' ? result.stderr.trim() : result.kind;
  throw new CheckoutError(
    'git-failed',
    `The files of the commit can't be written: ${said}`,
    'Mend what git complains of and run the job again.',
  );
}
