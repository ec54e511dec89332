import { join } from 'node:path';
import { LOCKFILE_PATH, type LockedAction, type Lockfile, lockKey, serializeLockfile } from './lockfile.ts';
import { readLockfile } from './read-lockfile.ts';
import { createRemoteActions, type LocateAction } from './remote-actions.ts';
import { nameOfCommit, type RemoteOptions } from './remote-repository.ts';
import type { RepositoryIds } from './repository-ids.ts';
import { type TracedAction, traceActions } from './trace-actions.ts';
import { isCommitSha } from './uses.ts';
import { writeAtomically } from './write-atomically.ts';

export interface LockOptions {
  /** Its `.github/workflows/actions.lock` is written. */
  repositoryRoot: string;
  slipwayHome: string;
  /** What the steps of each workflow use, as written; keyed by the workflow's path. All workflows of the repository. */
  workflows: Record<string, string[]>;
  /** Refs that are locked are resolved anew; else only those that are not. Default false. */
  update?: boolean;
  /** Ids that GitHub's own check of the lockfile needs. */
  repositoryIds: RepositoryIds;
  /** Default `https://github.com`. */
  serverUrl?: string;
  /** What git inherits; default `process.env`. */
  env?: NodeJS.ProcessEnv;
  /** For one git command; default two minutes. */
  timeoutMs?: number;
  signal: AbortSignal;
}

export interface LockResult {
  lockfile: Lockfile;
  /** Whose commit is not what it was. */
  changed: { key: string; before?: string; after: string }[];
  /**
   * Entries without ids: GitHub would refuse a workflow that needs one. So these workflows are not listed in the file,
   * and on GitHub run as if there were none.
   */
  withoutIds: string[];
}

/**
 * Writes the lockfile: every action that the workflows use, also through composite actions, with its commit.
 * What no workflow uses any more is left out.
 * @throws ActionError
 */
export async function lockActions(options: LockOptions): Promise<LockResult> {
  const before = await readLockfile(options.repositoryRoot, options.slipwayHome);
  const remote: RemoteOptions = {
    serverUrl: options.serverUrl ?? 'https://github.com',
    env: options.env ?? process.env,
    timeoutMs: options.timeoutMs ?? 120_000,
  };
  const locate = locateLocked(options, remote, options.update ? undefined : before);
  const dependencies: Lockfile['dependencies'] = {};
  const workflows: Lockfile['workflows'] = {};
  for (const [path, list] of Object.entries(options.workflows)) {
    const trace = await traceActions(list, {
      locate,
      manifests: join(options.slipwayHome, 'manifests'),
      ownRepository: options.repositoryRoot,
      withCheckout: true,
      signal: options.signal,
    });
    for (const action of trace.actions) await enter(action, dependencies, { before, remote, options });
    const complete = trace.actions.every(({ uses }) => dependencies[lockKey(uses)]?.ownerId !== undefined);
    if (complete) workflows[path] = [...new Set(trace.direct.map(lockKey))];
  }
  const lockfile = { workflows, dependencies };
  await writeAtomically(join(options.repositoryRoot, LOCKFILE_PATH), serializeLockfile(lockfile));
  const withoutIds = Object.keys(dependencies).filter((key) => dependencies[key]?.ownerId === undefined);
  return { lockfile, changed: changes(before, dependencies), withoutIds };
}

/** Where a ref is locked already, its commit is taken, wherever the ref points now. */
function locateLocked(options: LockOptions, remote: RemoteOptions, kept: Lockfile | undefined): LocateAction {
  const readNothing = async () => undefined;
  const { slipwayHome } = options;
  const locate = createRemoteActions({ ...remote, slipwayHome, offline: false, readLockfile: readNothing });
  return (uses, signal) =>
    locate({ ...uses, ref: kept?.dependencies[lockKey(uses)]?.sha ?? uses.ref }, signal);
}

interface Entering {
  before: Lockfile | undefined;
  remote: RemoteOptions;
  options: LockOptions;
}

/** Adds the action; folders of one repository share an entry, and so what they use. */
async function enter(
  { uses, sha, nested }: TracedAction,
  dependencies: Lockfile['dependencies'],
  { before, remote, options }: Entering,
): Promise<void> {
  const key = lockKey(uses);
  const known = before?.dependencies[key];
  const entry: LockedAction = dependencies[key] ?? {
    ref: isCommitSha(uses.ref) ? await nameOfCommit(uses, sha, remote, options.signal) : uses.ref,
    sha,
    ...(known?.ownerId === undefined
      ? await options.repositoryIds(uses.repository, options.signal)
      : idsOf(known)),
  };
  const children = new Set([...(entry.uses ?? []), ...nested.map(lockKey)].filter((child) => child !== key));
  if (children.size > 0) entry.uses = [...children];
  dependencies[key] = entry;
}

function idsOf({ ownerId, repositoryId }: LockedAction): Partial<LockedAction> {
  return { ...(ownerId !== undefined && { ownerId }), ...(repositoryId !== undefined && { repositoryId }) };
}

function changes(
  before: Lockfile | undefined,
  dependencies: Lockfile['dependencies'],
): LockResult['changed'] {
  return Object.entries(dependencies).flatMap(([key, { sha: after }]) => {
    const known = before?.dependencies[key]?.sha;
    if (known === after) return [];
    return [known === undefined ? { key, after } : { key, before: known, after }];
  });
}
