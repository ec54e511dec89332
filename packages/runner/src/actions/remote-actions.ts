import { ActionError } from './action-error.ts';
import { type CommitCache, createCommitCache } from './commit-cache.ts';
import { assessLock, LOCKFILE_PATH, type Lockfile, lockKey } from './lockfile.ts';
import { type RemoteOptions, resolveRef } from './remote-repository.ts';
import { createSharedWork } from './shared-work.ts';
import { isCommitSha, type RemoteUses } from './uses.ts';

export interface LocatedAction {
  sha: string;
  /** Root of the repository's files at this commit, in the cache. */
  repositoryRoot: string;
  /** Folder of the root that jobs get a copy of. Default: all of it. */
  copied?: string;
}

/**
 * Finds the files of `owner/repo@ref`.
 * @param workflowPath the workflow that uses it: decides whether it must be locked
 * @throws ActionError
 */
export type LocateAction = (
  uses: RemoteUses,
  signal: AbortSignal,
  workflowPath?: string,
) => Promise<LocatedAction>;

export interface RemoteActionsOptions extends RemoteOptions {
  slipwayHome: string;
  offline: boolean;
  /** Called at most once; undefined: nothing is locked. */
  readLockfile: () => Promise<Lockfile | undefined>;
}

/** For one run: a ref is resolved once, so that all its jobs use the same commit; jobs that want the same share one fetch. */
export function createRemoteActions(options: RemoteActionsOptions): LocateAction {
  const cache = createCommitCache(options.slipwayHome, options);
  const resolveOnce = createSharedWork<string>();
  const fetchOnce = createSharedWork<string>();
  let lockfile: Promise<Lockfile | undefined> | undefined;
  return async (uses, signal, workflowPath) => {
    lockfile ??= options.readLockfile();
    const verdict = assessLock(await lockfile, uses, workflowPath);
    if (verdict.kind === 'missing') throw notLocked(uses, workflowPath);
    const locked = verdict.kind === 'locked' ? verdict.sha : undefined;
    const sha = await resolveOnce(lockKey(uses), signal, (shared) =>
      commitOf(uses, locked, { ...options, cache, signal: shared }),
    );
    if (locked !== undefined && locked !== sha) throw moved(uses, locked, sha);
    const repositoryRoot = await fetchOnce(
      `${uses.repository.toLowerCase()}@${sha}`,
      signal,
      async (shared) => {
        if (options.offline && !(await cache.has(uses, sha))) throw notCached(uses);
        return await cache.directoryOf(uses, sha, shared);
      },
    );
    return { sha, repositoryRoot };
  };
}

async function commitOf(
  uses: RemoteUses,
  locked: string | undefined,
  options: RemoteActionsOptions & { cache: CommitCache; signal: AbortSignal },
): Promise<string> {
  if (isCommitSha(uses.ref)) return uses.ref.toLowerCase();
  if (options.offline) {
    // Whether a locked ref has moved can't be asked; what was locked is safe to use.
    const sha = locked ?? (await options.cache.recallRef(uses));
    if (sha === undefined) throw notCached(uses);
    return sha;
  }
  const sha = await resolveRef(uses, options, options.signal);
  await options.cache.rememberRef(uses, sha);
  return sha;
}

function notCached(uses: RemoteUses): ActionError {
  return new ActionError(
    'offline',
    `${uses.repository}@${uses.ref} is not in the cache, and --offline forbids fetching it`,
    'Run once without --offline; after that the action is cached.',
  );
}

function moved(uses: RemoteUses, locked: string, sha: string): ActionError {
  return new ActionError(
    'lock-mismatch',
    `${uses.repository}@${uses.ref} was locked to ${locked}, and now names ${sha}: the ref has been moved`,
    `Review what changed between the two commits; if you trust it, run 'slipway lock --update'.`,
  );
}

function notLocked(uses: RemoteUses, workflowPath = ''): ActionError {
  return new ActionError(
    'lock-missing',
    `${workflowPath} is locked by ${LOCKFILE_PATH}, which has no entry for ${lockKey(uses)}`,
    `Review ${uses.repository}@${uses.ref}, then run 'slipway lock'.`,
  );
}
