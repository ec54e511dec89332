import { createHash, randomUUID } from 'node:crypto';
import { mkdir, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { SlipwayError } from '@slipway/contracts/errors';
import type { MetricProvider, Target, TargetOptions } from '@slipway/targets';
import { git, gitBytes } from '../repositories/git.ts';
import type { Repository, TargetPlace, Targets } from './delivery-sources.ts';

/** What can open targets and metric providers: given by the program, which knows how it is started. */
export interface TargetHost {
  /** Command line that runs Slipway with these arguments: how targets start their daemons. */
  command: TargetOptions['command'];
  /** @throws Error if there is no such target here */
  openTarget(options: TargetOptions): Promise<Target>;
  /** @throws Error if there is no such provider */
  openMetrics(provider: string, options: TargetOptions): Promise<MetricProvider>;
}

export interface OpenTargetsOptions {
  /** Folder of everything that targets keep. */
  directory: string;
  /** Undefined: nothing can be deployed from here. */
  host: TargetHost | undefined;
  fetchBundle(project: string, digest: string): ReturnType<TargetOptions['fetchBundle']>;
}

/** Targets of all environments, each in a folder of its own; opened when they are needed and kept open. */
export function openTargets(options: OpenTargetsOptions): Targets {
  const opened = new Map<string, Promise<Target>>();
  const metrics = new Map<string, Promise<MetricProvider>>();
  const checkouts = new Map<string, Promise<string>>();
  return {
    open: (place) => keep(opened, keyOf(place), () => openOne(options, place)),
    metrics: (place, provider) =>
      keep(metrics, `${provider} ${keyOf(place)}`, () =>
        hostOf(options).openMetrics(provider, targetOptions(options, place)),
      ),
    sourcesOf: (repository, commit) =>
      keep(checkouts, commit, () => checkOut(options.directory, repository, commit)),
    async close() {
      const all = await Promise.allSettled(opened.values());
      opened.clear();
      await Promise.all(all.map((one) => (one.status === 'fulfilled' ? one.value.close() : undefined)));
    },
  };
}

/** What failed is tried again the next time. */
function keep<T>(kept: Map<string, Promise<T>>, key: string, make: () => Promise<T>): Promise<T> {
  const known = kept.get(key);
  if (known) return known;
  const made = make();
  kept.set(key, made);
  made.catch(() => kept.delete(key));
  return made;
}

async function openOne(options: OpenTargetsOptions, place: TargetPlace): Promise<Target> {
  const host = hostOf(options);
  try {
    return await host.openTarget(targetOptions(options, place));
  } catch (cause) {
    const message = `${place.environment}: ${cause instanceof Error ? cause.message : String(cause)}`;
    throw new SlipwayError('target-unavailable', { message, cause });
  }
}

function hostOf({ host }: OpenTargetsOptions): TargetHost {
  if (host) return host;
  throw new SlipwayError('target-unavailable', { message: 'Nothing can be deployed from here.' });
}

function targetOptions(
  options: OpenTargetsOptions,
  { project, environment, target }: TargetPlace,
): TargetOptions {
  return {
    environment,
    target,
    directory: path.join(options.directory, folderOf(project), environment),
    command: hostOf(options).command,
    fetchBundle: (digest) => options.fetchBundle(project, digest),
  };
}

function keyOf({ project, environment, target }: TargetPlace): string {
  return JSON.stringify([project, environment, target]);
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
