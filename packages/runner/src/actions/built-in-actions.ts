import type { LocateAction } from './remote-actions.ts';
import type { RemoteUses } from './uses.ts';

/**
 * Whether an action comes with Slipway: `slipway-ci/slipway/actions/<name>@v1`. What it does and the command line that it calls are then
 * of one version, and nothing is fetched. Any other ref is looked for where it says, as with every action.
 */
export function isBuiltIn({ repository, path, ref }: RemoteUses): boolean {
  return repository.toLowerCase() === 'slipway-ci/slipway' && /^actions\/[^/]+$/.test(path) && ref === 'v1';
}

/** @param root folder that holds `actions/`; undefined: they are fetched too */
export function withBuiltIn(locate: LocateAction, root: string | undefined): LocateAction {
  if (root === undefined) return locate;
  return async (uses, signal, workflowPath) =>
    isBuiltIn(uses)
      ? { sha: 'built-in', repositoryRoot: root, copied: 'actions' }
      : await locate(uses, signal, workflowPath);
}
