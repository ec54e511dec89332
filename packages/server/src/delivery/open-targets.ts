import { createHash, randomUUID } from 'node:crypto';
import { mkdir, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { SlipwayError } from '@slipway/contracts/errors';
import type { Target, TargetOptions } from '@slipway/targets';
import { git, gitBytes } from '../repositories/git.ts';
import type { Repository, TargetPlace, Targets } from './delivery-sources.ts';

export interface OpenTargetsOptions {
  /** Folder of everything that targets keep. */
  directory: string;
  /** How targets start their daemons. */
  command: TargetOptions['command'];
  fetchBundle(project: string, digest: string): ReturnType<TargetOptions['fetchBundle']>;
  /** Opens a target of a kind. */
  openTarget(options: TargetOptions): Target;
}

/** Targets of all environments, each in a folder of its own; opened when they are needed and kept open. */
export function openTargets(options: OpenTargetsOptions): Targets {
  const opened = new Map<string, Target>();
  const checkouts = new Map<string, Promise<string>>();
  return {
    async open(place) {
      const key = JSON.stringify([place.project, place.environment, place.target]);
      const known = opened.get(key);
      if (known) return known;
      const target = openOne(options, place);
      opened.set(key, target);
      return target;
    },
    sourcesOf(repository, commit) {
      const known = checkouts.get(commit);
      if (known) return known;
      const made = checkOut(options.directory, repository, commit);
      checkouts.set(commit, made);
      made.catch(() => checkouts.delete(commit));
      return made;
    },
    async close() {
      await Promise.all([...opened.values()].map((target) => target.close()));
      opened.clear();
    },
  };
}

function openOne(
  { directory, command, fetchBundle, openTarget }: OpenTargetsOptions,
  { project, environment, target }: TargetPlace,
): Target {
  try {
    return openTarget({
      environment,
      target,
      directory: path.join(directory, folderOf(project), environment),
      command,
      fetchBundle: (digest) => fetchBundle(project, digest),
    });
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    throw new SlipwayError('target-unavailable', { message: `${environment}: ${message}`, cause });
  }
}

/** Paths of sockets are short: 108 bytes on Linux. */
function folderOf(project: string): string {
  const readable = project.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-');
  const hash = createHash('sha256').update(project.toLowerCase()).digest('hex').slice(0, 6);
  return `${readable.slice(0, 24)}-${hash}`;
}

/** The files of a commit, without git's own; kept for the next time. */
async function checkOut(directory: string, repository: Repository, commit: string): Promise<string> {
  const folder = path.join(directory, 'sources', commit);
  if ((await stat(folder).catch(() => null)) !== null) return folder;
  const draft = `${folder}.${randomUUID()}`;
  await mkdir(draft, { recursive: true });
  try {
    const index = path.join(draft, '.slipway-index');
    const env = { GIT_INDEX_FILE: index, GIT_WORK_TREE: draft };
    const gitDirectory = (await git(repository.directory, ['rev-parse', '--absolute-git-dir'])).trim();
    await gitBytes(draft, ['--git-dir', gitDirectory, '--work-tree', draft, 'read-tree', commit], { env });
    await gitBytes(draft, ['--git-dir', gitDirectory, '--work-tree', draft, 'checkout-index', '--all'], {
      env,
    });
    await rm(index, { force: true });
    await rename(draft, folder);
  } catch (error) {
    await rm(draft, { recursive: true, force: true });
    if ((await stat(folder).catch(() => null)) === null) throw error;
  }
  return folder;
}
