import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type GitOptions, runGit } from '../git/run-git.ts';
import { CheckoutError } from './checkout-error.ts';
import { type PathBytes, splitPaths } from './path-bytes.ts';

export interface SparseOptions {
  /** A repository whose files are not there yet. */
  workspace: string;
  /** Input `sparse-checkout`, one pattern a line. */
  patterns: string[];
  coneMode: boolean;
  /** What would be copied without patterns. */
  files: PathBytes[];
  signal: AbortSignal;
}

/**
 * Sets the workspace up as a sparse checkout, so that git in the steps knows, and has git itself tell which files that
 * leaves; files that are not committed yet are judged as if they were.
 * @throws CheckoutError `invalid-sparse-checkout`
 */
export async function applySparseCheckout(options: SparseOptions): Promise<PathBytes[]> {
  const { workspace, files, signal } = options;
  await setSparsePatterns(options);
  const tracked = await listWithTags({ cwd: workspace, signal });
  const untracked = files.filter((path) => !tracked.has(path));
  const others = untracked.length === 0 ? new Map() : await judge(untracked, workspace, signal);
  const included = new Map([...tracked, ...others]);
  return files.filter((path) => included.get(path) !== SKIPPED);
}

/** What git writes from now on is what the patterns say. @throws CheckoutError `invalid-sparse-checkout` */
export async function setSparsePatterns({
  workspace,
  patterns,
  coneMode,
  signal,
}: Omit<SparseOptions, 'files'>): Promise<void> {
  const input = Buffer.from(patterns.map((pattern) => `${pattern}\n`).join(''));
  const words = ['sparse-checkout', 'set', coneMode ? '--cone' : '--no-cone', '--stdin'];
  await git(words, { cwd: workspace, input, signal });
}

/** What `git ls-files -t` says of an entry outside the patterns. */
const SKIPPED = 'S';

async function listWithTags(options: GitOptions): Promise<Map<PathBytes, string>> {
  const lines = splitPaths(await git(['ls-files', '-t', '-z'], options));
  return new Map(lines.map((line) => [line.slice(2), line.slice(0, 1)]));
}

/** In an index of its own, where any object id will do. */
async function judge(
  paths: PathBytes[],
  workspace: string,
  signal: AbortSignal,
): Promise<Map<PathBytes, string>> {
  const indexFile = join(workspace, '.git', 'untracked-index');
  const options: GitOptions = { cwd: workspace, indexFile, signal };
  const format = (await git(['rev-parse', '--show-object-format'], options)).toString().trim();
  const anyId = 'a'.repeat(format === 'sha256' ? 64 : 40);
  const input = Buffer.from(paths.map((path) => `100644 ${anyId} 0\t${path}\0`).join(''), 'latin1');
  try {
    await git(['update-index', '-z', '--index-info'], { ...options, input });
    await git(['sparse-checkout', 'reapply'], options);
    return await listWithTags(options);
  } finally {
    await rm(indexFile, { force: true });
  }
}

async function git(args: string[], options: GitOptions): Promise<Buffer> {
  const result = await runGit(args, options);
  if (result.kind === 'exited' && result.exitCode === 0) return result.stdout;
  const words = result.kind === 'exited' ? result.stderr.trim() : result.kind;
  throw new CheckoutError(
    'invalid-sparse-checkout',
    `Input 'sparse-checkout' can't be applied: git ${args[0]} failed: ${words}`,
    'Correct the patterns, or set sparse-checkout-cone-mode to false for patterns that are not folders.',
  );
}
