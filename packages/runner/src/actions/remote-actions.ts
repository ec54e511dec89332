import { ActionError } from './action-error.ts';
import { type CommitCache, createCommitCache } from './commit-cache.ts';
import { type RemoteOptions, resolveRef } from './remote-repository.ts';
import { createSharedWork } from './shared-work.ts';
import { isCommitSha, type RemoteUses } from './uses.ts';

export interface LocatedAction {
  sha: string;
  /** Root of the repository's files at this commit, in the cache. */
  repositoryRoot: string;
}

/** Finds the files of `owner/repo@ref`. @throws ActionError */
export type LocateAction = (uses: RemoteUses, signal: AbortSignal) => Promise<LocatedAction>;

export interface RemoteActionsOptions extends RemoteOptions {
  slipwayHome: string;
  offline: boolean;
}

/** For one run: a ref is resolved once, so that all its jobs use the same commit; jobs that want the same share one fetch. */
export function createRemoteActions(options: RemoteActionsOptions): LocateAction {
  const cache = createCommitCache(options.slipwayHome, options);
  const resolveOnce = createSharedWork<string>();
  const fetchOnce = createSharedWork<string>();
  return async (uses, signal) => {
    const repository = uses.repository.toLowerCase();
    const sha = await resolveOnce(`${repository}@${uses.ref}`, signal, (shared) =>
      commitOf(uses, cache, options, shared),
    );
    const repositoryRoot = await fetchOnce(`${repository}@${sha}`, signal, async (shared) => {
      if (options.offline && !(await cache.has(uses, sha))) throw notCached(uses);
      return await cache.directoryOf(uses, sha, shared);
    });
    return { sha, repositoryRoot };
  };
}

async function commitOf(
  uses: RemoteUses,
  cache: CommitCache,
  options: RemoteActionsOptions,
  signal: AbortSignal,
): Promise<string> {
  if (isCommitSha(uses.ref)) return uses.ref.toLowerCase();
  if (options.offline) {
    const sha = await cache.recallRef(uses);
    if (sha === undefined) throw notCached(uses);
    return sha;
  }
  const sha = await resolveRef(uses, options, signal);
  await cache.rememberRef(uses, sha);
  return sha;
}

function notCached(uses: RemoteUses): ActionError {
  return new ActionError(
    'offline',
    `${uses.repository}@${uses.ref} is not in the cache, and --offline forbids fetching it`,
    'Run once without --offline; after that the action is cached.',
  );
}
