import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { exists } from './exists.ts';

export interface WorkspaceOptions {
  /** The run's own folder, `<home>/work/<runId>`. */
  workDirectory: string;
  /** Unique among the run's jobs, safe as a file name. */
  job: string | number;
  /** `owner/name`; the workspace's path ends in `<name>/<name>`, as on GitHub. */
  repository: string;
}

/** Folders of one job; absolute paths. All but `root` exist when the job starts, empty. */
export interface Workspace {
  /** Holds the others, and nothing else does. */
  root: string;
  /** `GITHUB_WORKSPACE`. */
  workspace: string;
  /** `RUNNER_WORKSPACE`: the workspace's parent. */
  runnerWorkspace: string;
  /** `RUNNER_TEMP`. */
  temp: string;
  /** Copies of the remote actions that the job uses. */
  actions: string;
  /** `RUNNER_TOOL_CACHE`: empty until a setup action's step fills it. */
  toolCache: string;
}

/**
 * Makes the folders of a job, laid out as on GitHub's runner. Its parent is made too.
 * Synchronous, as all that is done for every job: a few folders are made sooner than a thread is woken for them.
 */
export function createWorkspace({ workDirectory, job, repository }: WorkspaceOptions): Workspace {
  const root = join(workDirectory, String(job));
  const name = basename(repository);
  const runnerWorkspace = join(root, name);
  const workspace = join(runnerWorkspace, name);
  const temp = join(root, '_temp');
  const actions = join(root, '_actions');
  const toolCache = join(root, '_tool');
  for (const directory of [workspace, temp, actions, toolCache]) mkdirSync(directory, { recursive: true });
  return { root, workspace, runnerWorkspace, temp, actions, toolCache };
}

/**
 * Removes everything that the job has left. Folders without write permission (Go's module cache) are no obstacle;
 * what belongs to another user is.
 * @returns undefined if nothing is left, else a sentence for the person: what is left and how to remove it. Never throws.
 */
export async function removeWorkspace({
  root,
  workspace,
  actions,
  toolCache,
}: Workspace): Promise<string | undefined> {
  // Without a checkout or actions there are a few files only: quicker than to start a process.
  if ([workspace, actions, toolCache].every(isEmpty) && removeSmall(root)) return undefined;
  await run('rm', ['-rf', '--', root]);
  if (!(await exists(root))) return undefined;
  await run('chmod', ['-R', 'u+rwX', '--', root]);
  await run('rm', ['-rf', '--', root]);
  if (!(await exists(root))) return undefined;
  return `${root} could not be removed whole: files in it belong to another user or are in use. Remove it with: sudo rm -rf '${root}'`;
}

function isEmpty(directory: string): boolean {
  try {
    return readdirSync(directory).length === 0;
  } catch {
    return true;
  }
}

function removeSmall(root: string): boolean {
  try {
    rmSync(root, { recursive: true, force: true });
    return true;
  } catch {
    return false;
  }
}

/** Its exit status is not asked: what counts is what is left. */
async function run(command: string, args: string[]): Promise<void> {
  const child = spawn(command, args, { stdio: 'ignore' });
  await once(child, 'close').catch(() => {});
}
