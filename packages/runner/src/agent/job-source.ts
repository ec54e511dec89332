import { createHash } from 'node:crypto';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { JobSource } from '@slipway/contracts/runner-protocol';
import type { JobRequest, Step } from '@slipway/workflow';
import { LOCKFILE_PATH } from '../actions/lockfile.ts';
import { runGit } from '../git/run-git.ts';
import type { RunnerOptions } from '../job/runner-options.ts';

interface Fetching {
  slipwayHome: string;
  /** Of the job; the working tree is made in it. */
  workDirectory: string;
  request: JobRequest;
  signal: AbortSignal;
}

export type PreparedSource = Required<Pick<RunnerOptions, 'repositoryRoot' | 'repositoryHolds'>>;

/**
 * Where the job's code is on this machine: the working tree of a folder, or a clone of a mirror of the repository that all jobs of the
 * project share. The mirror is fetched when it lacks the job's commit, and when a checkout wants more than this commit: tags and branches
 * may be newer than it. The clone has only the few files that are read before the job's checkout, unless the job needs them all. A job of
 * scripts alone needs none and gets an empty folder.
 * @throws Error that says what git said
 */
export async function prepareSource(source: JobSource, fetching: Fetching): Promise<PreparedSource> {
  if (source.kind === 'working-tree') return { repositoryRoot: source.directory, repositoryHolds: 'files' };
  const tree = path.join(fetching.workDirectory, '_source');
  await mkdir(tree, { recursive: true });
  if (!fetching.request.job.steps.some(({ kind }) => kind === 'action')) {
    return { repositoryRoot: tree, repositoryHolds: 'commit' };
  }
  const mirror = await fetchInTurn(source, fetching);
  const git = (...args: string[]) => runSuccessfully(args, { cwd: tree, signal: fetching.signal });
  await git('clone', '--quiet', '--shared', '--no-checkout', mirror, '.');
  await git('remote', 'set-url', 'origin', source.url);
  const branch = /^refs\/heads\/(.+)$/.exec(source.ref)?.[1];
  const place = branch === undefined ? ['--detach'] : ['-B', branch];
  const checkOut = (...settings: string[]) => git(...settings, 'checkout', '--quiet', ...place, source.sha);
  if (fetching.request.job.steps.some(isOfOwnRepository)) await checkOut();
  else await withFewFiles(tree, checkOut);
  return { repositoryRoot: tree, repositoryHolds: 'commit' };
}

/** `$/` actions are read where the clone is. */
function isOfOwnRepository(step: Step): boolean {
  return step.kind === 'action' && step.uses.startsWith('$/');
}

/** What is read before the job's checkout writes the files where they are wanted: the lockfile, and what actions of the repository use. */
const fewFiles = [`/${LOCKFILE_PATH}`, '/.gitmodules', 'action.yml', 'action.yaml'];

async function withFewFiles(tree: string, checkOut: (...settings: string[]) => Promise<void>): Promise<void> {
  const information = path.join(tree, '.git', 'info');
  const patterns = path.join(information, 'sparse-checkout');
  await mkdir(information, { recursive: true });
  await writeFile(patterns, `${fewFiles.join('\n')}\n`);
  await checkOut('-c', 'core.sparseCheckout=true', '-c', 'core.sparseCheckoutCone=false');
  // Or the job's checkout would take it over.
  await rm(patterns);
}

type Repository = Extract<JobSource, { kind: 'repository' }>;

/** One fetch at a time into a mirror; others of this process wait, then mostly find their commit there. */
const fetches = new Map<string, Promise<unknown>>();

async function fetchInTurn(source: Repository, fetching: Fetching): Promise<string> {
  const { slipwayHome } = fetching;
  const name = createHash('sha256').update(source.url).digest('hex').slice(0, 32);
  const mirror = path.join(slipwayHome, 'mirrors', `${name}.git`);
  const before = fetches.get(mirror) ?? Promise.resolve();
  const fetch = before.catch(() => {}).then(() => fetchIfNeeded(source, mirror, fetching));
  fetches.set(mirror, fetch);
  try {
    await fetch;
  } finally {
    if (fetches.get(mirror) === fetch) fetches.delete(mirror);
  }
  return mirror;
}

const mostTries = 3;
const pauseMs = 1_000;

/** Networks and servers have their moments; and when other processes fetch into the mirror too, git refuses one of them. */
async function fetchIfNeeded(source: Repository, mirror: string, fetching: Fetching): Promise<void> {
  const { signal } = fetching;
  for (let tries = 1; ; tries += 1) {
    try {
      return await tryToFetch(source, mirror, fetching);
    } catch (error) {
      if (signal.aborted || tries === mostTries) throw error;
      await delay(pauseMs, undefined, { signal });
    }
  }
}

async function tryToFetch(source: Repository, mirror: string, fetching: Fetching): Promise<void> {
  const { request, signal } = fetching;
  const options = { cwd: mirror, signal };
  await mkdir(mirror, { recursive: true });
  await runSuccessfully(['init', '--quiet', '--bare', '.'], options);
  if (!request.job.steps.some(wantsRefs)) {
    const known = await runGit(['cat-file', '-e', `${source.sha}^{commit}`], options);
    if (known.kind === 'exited' && known.exitCode === 0) return;
  }
  const refs = ['+refs/heads/*:refs/heads/*', '+refs/tags/*:refs/tags/*', source.sha];
  const env = { ...process.env, ...authorization(source) };
  await runSuccessfully(['fetch', '--quiet', '--prune', '--no-auto-gc', source.url, ...refs], {
    ...options,
    env,
  });
}

const inputsThatWantRefs = ['fetch-depth', 'fetch-tags', 'ref'];

/** Whether it checks out more than the commit of the event. */
function wantsRefs(step: Step): boolean {
  if (step.kind !== 'action' || !/^actions\/checkout@/i.test(step.uses)) return false;
  return (step.with?.entries ?? []).some(
    ({ key }) => key.kind !== 'literal' || inputsThatWantRefs.includes(String(key.value).toLowerCase()),
  );
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
