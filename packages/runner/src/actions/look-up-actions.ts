import { join } from 'node:path';
import type { Action } from '@slipway/workflow';
import { ActionError, type ActionErrorCode } from './action-error.ts';
import { readActionFolder } from './action-folder.ts';
import { withBuiltIn } from './built-in-actions.ts';
import type { ActionStoreOptions } from './create-action-store.ts';
import { lockKey } from './lockfile.ts';
import { readLockfile } from './read-lockfile.ts';
import { createRemoteActions } from './remote-actions.ts';
import { parseUses, writtenUses } from './uses.ts';

/** What can be said of a remote action without running it. */
export type ActionKnowledge =
  | { kind: 'known'; action: Action; sha: string; isLocked: boolean }
  /** A job that uses it fails. */
  | { kind: 'unavailable'; message: string; mend: string }
  /** It is not in the cache, or the server did not answer. */
  | { kind: 'unknown' };

/** @param workflowPath decides whether the action must be locked */
export type LookUpAction = (
  uses: string,
  signal: AbortSignal,
  workflowPath?: string,
) => Promise<ActionKnowledge>;

/** With `offline`, from the cache alone; else refs are asked for, and what is missing is fetched. Local actions are unknown. */
export function createActionLookup(options: ActionStoreOptions): LookUpAction {
  const { slipwayHome, repositoryRoot } = options;
  const lockfile = async () =>
    repositoryRoot === undefined ? undefined : await readLockfile(repositoryRoot, slipwayHome);
  const remote = createRemoteActions({
    slipwayHome,
    serverUrl: options.serverUrl ?? 'https://github.com',
    offline: options.offline ?? false,
    env: options.env ?? process.env,
    timeoutMs: options.timeoutMs ?? 120_000,
    readLockfile: lockfile,
  });
  const locate = withBuiltIn(remote, options.builtInRoot);
  return async (text, signal, workflowPath) => {
    const uses = parseUses(text);
    if (uses.kind !== 'remote') return { kind: 'unknown' };
    try {
      const { sha, repositoryRoot: root } = await locate(uses, signal, workflowPath);
      const manifests = join(slipwayHome, 'manifests');
      const { action } = await readActionFolder({
        root,
        path: uses.path,
        name: writtenUses(uses),
        manifests,
      });
      const isLocked = (await lockfile())?.dependencies[lockKey(uses)] !== undefined;
      return { kind: 'known', action, sha, isLocked };
    } catch (error) {
      if (!(error instanceof ActionError)) throw error;
      return fatal.has(error.code)
        ? { kind: 'unavailable', message: `${error.message}.`, mend: error.mend }
        : { kind: 'unknown' };
    }
  };
}

/** Errors that another try will not mend. */
const fatal: ReadonlySet<ActionErrorCode> = new Set([
  'short-sha',
  'repository-not-found',
  'ref-not-found',
  'no-manifest',
  'invalid-manifest',
  'lock-mismatch',
  'lock-missing',
  'invalid-lockfile',
]);
