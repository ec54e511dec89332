import { createHash } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { JobSource } from '@slipway/contracts/runner-protocol';
import type { JobRequest } from '@slipway/workflow';
import { runGit } from '../git/run-git.ts';

interface Fetching {
  slipwayHome: string;
  /** Of the job; the working tree is made in it. */
  workDirectory: string;
  request: JobRequest;
  signal: AbortSignal;
}

/**
 * Where the job's code is on this machine: the working tree of a folder, or one made from a mirror of the repository, which is fetched once for
 * all jobs of the project. A job of scripts alone needs none and gets an empty folder.
 * @throws Error that says what git said
 */
export async function prepareSource(source: JobSource, fetching: Fetching): Promise<string> {
  if (source.kind === 'working-tree') return source.directory;
  const tree = path.join(fetching.workDirectory, '_source');
  await mkdir(tree, { recursive: true });
  if (!fetching.request.job.steps.some(({ kind }) => kind === 'action')) return tree;
  const mirror = await fetchCommit(source, fetching);
  const git = (...args: string[]) => runSuccessfully(args, { cwd: tree, signal: fetching.signal });
  await git('clone', '--quiet', '--shared', '--no-checkout', mirror, '.');
  await git('remote', 'set-url', 'origin', source.url);
  const branch = /^refs\/heads\/(.+)$/.exec(source.ref)?.[1];
  await git('checkout', '--quiet', ...(branch === undefined ? ['--detach'] : ['-B', branch]), source.sha);
  return tree;
}

type Repository = Extract<JobSource, { kind: 'repository' }>;

/** One fetch at a time into a mirror; others of this process wait, then mostly find their commit there. */
const fetches = new Map<string, Promise<unknown>>();

async function fetchCommit(source: Repository, { slipwayHome, signal }: Fetching): Promise<string> {
  const name = createHash('sha256').update(source.url).digest('hex').slice(0, 32);
  const mirror = path.join(slipwayHome, 'mirrors', `${name}.git`);
  const before = fetches.get(mirror) ?? Promise.resolve();
  const fetch = before.catch(() => {}).then(() => fetchUnlessThere(source, mirror, signal));
  fetches.set(mirror, fetch);
  try {
    await fetch;
  } finally {
    if (fetches.get(mirror) === fetch) fetches.delete(mirror);
  }
  return mirror;
}

async function fetchUnlessThere(source: Repository, mirror: string, signal: AbortSignal): Promise<void> {
  await mkdir(mirror, { recursive: true });
  await runSuccessfully(['init', '--quiet', '--bare', '.'], { cwd: mirror, signal });
  const known = await runGit(['cat-file', '-e', `${source.sha}^{commit}`], { cwd: mirror, signal });
  if (known.kind === 'exited' && known.exitCode === 0) return;
  const refs = ['+refs/heads/*:refs/heads/*', '+refs/tags/*:refs/tags/*', source.sha];
  await runSuccessfully(['fetch', '--quiet', '--no-auto-gc', source.url, ...refs], {
    cwd: mirror,
    signal,
    env: { ...process.env, ...authorization(source) },
  });
}

/** By the environment: arguments of a process are shown to everyone on the machine. */
function authorization({ url, token }: Repository): Record<string, string> {
  if (token === '' || !/^https?:/.test(url)) return {};
  const basic = Buffer.from(`x-access-token:${token}`).toString('base64');
  const given = Number(process.env.GIT_CONFIG_COUNT ?? 0) || 0;
  return {
    GIT_CONFIG_COUNT: String(given + 1),
    [`GIT_CONFIG_KEY_${given}`]: `http.${new URL(url).origin}/.extraHeader`,
    [`GIT_CONFIG_VALUE_${given}`]: `AUTHORIZATION: basic ${basic}`,
  };
}

async function runSuccessfully(
  args: string[],
  options: { cwd: string; signal: AbortSignal; env?: NodeJS.ProcessEnv },
): Promise<void> {
  const result = await runGit(args, options);
  if (result.kind === 'not-installed') throw new Error('git is not installed on the runner');
  if (result.kind === 'timed-out') throw new Error(`git ${args[0]} took too long`);
  if (result.exitCode !== 0) throw new Error(`git ${args[0]}: ${result.stderr.trim()}`);
}
