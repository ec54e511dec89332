import { join } from 'node:path';
import type { Action } from '@slipway/workflow';
import { readActionFolder } from './action-folder.ts';
import { isCheckoutAction } from './checkout-action.ts';
import { readManifest } from './manifest.ts';
import type { LocateAction } from './remote-actions.ts';
import { type RemoteUses, understandUses, writtenUses } from './uses.ts';

export interface TraceOptions {
  locate: LocateAction;
  /** Folder of the manifest cache. */
  manifests: string;
  /** Root of the repository whose files have these `uses:`; absent: `./` and `$/` are not followed. */
  ownRepository?: string | undefined;
  workflowPath?: string | undefined;
  /**
   * Whether actions/checkout counts within composite actions. It does not for a run: most often the working tree stands
   * in for it, and whether it does, only the step's inputs can tell. Default false.
   */
  withCheckout?: boolean;
  signal: AbortSignal;
}

/** A remote action that is used, directly or through other actions. */
export interface TracedAction {
  uses: RemoteUses;
  sha: string;
  /** What a composite action's own steps use. */
  nested: RemoteUses[];
}

export interface Trace {
  /** Those that the list itself names, or its local actions. */
  direct: RemoteUses[];
  /** All, each once. */
  actions: TracedAction[];
}

/**
 * Follows `uses:` through composite actions as deep as they go, and fetches what it meets.
 * @throws ActionError naming the `uses:` that failed
 */
export async function traceActions(list: string[], options: TraceOptions): Promise<Trace> {
  const found = new Map<string, Promise<TracedAction>>();
  const direct = await follow(list, { ...options, found, localFolders: new Set(), holder: undefined });
  return { direct, actions: await Promise.all(found.values()) };
}

interface Tracing extends TraceOptions {
  found: Map<string, Promise<TracedAction>>;
  localFolders: Set<string>;
  /** The remote action in whose manifest the list stands. */
  holder: RemoteUses | undefined;
}

async function follow(list: string[], tracing: Tracing): Promise<RemoteUses[]> {
  const lists = await Promise.all(list.map((text) => followOne(text, tracing)));
  return lists.flat();
}

async function followOne(text: string, tracing: Tracing): Promise<RemoteUses[]> {
  const uses = understandUses(text);
  switch (uses.kind) {
    case 'remote':
      return await followRemote(uses, tracing);
    case 'own-repository':
      if (tracing.holder !== undefined)
        return await followRemote({ ...tracing.holder, path: uses.path }, tracing);
      return await followLocal(uses.path, tracing);
    case 'workspace':
      // In a remote action it is a folder of the job's workspace, which is not there yet.
      return tracing.holder === undefined ? await followLocal(uses.path, tracing) : [];
    case 'image':
      return [];
  }
}

async function followRemote(uses: RemoteUses, tracing: Tracing): Promise<RemoteUses[]> {
  const key = writtenUses(uses);
  if (tracing.holder !== undefined && isCheckoutAction(uses) && !tracing.withCheckout) return [];
  if (tracing.found.has(key)) return [uses];
  const traced = trace(uses, tracing);
  tracing.found.set(key, traced);
  await traced;
  return [uses];
}

async function trace(uses: RemoteUses, tracing: Tracing): Promise<TracedAction> {
  const { sha, repositoryRoot } = await tracing.locate(uses, tracing.signal, tracing.workflowPath);
  const { action } = await readActionFolder({
    root: repositoryRoot,
    path: uses.path,
    name: writtenUses(uses),
    manifests: tracing.manifests,
  });
  return { uses, sha, nested: await follow(usesOf(action), { ...tracing, holder: uses }) };
}

/** A folder that is not there is no fault: a step may make it, or check another repository out into it. */
async function followLocal(path: string, tracing: Tracing): Promise<RemoteUses[]> {
  if (tracing.ownRepository === undefined || tracing.localFolders.has(path)) return [];
  tracing.localFolders.add(path);
  const manifest = await readManifest(join(tracing.ownRepository, path), path, tracing.manifests);
  return manifest === undefined ? [] : await follow(usesOf(manifest.action), tracing);
}

function usesOf(action: Action): string[] {
  if (action.runs.kind !== 'composite') return [];
  return action.runs.steps.flatMap((step) => (step.kind === 'action' ? [step.uses] : []));
}
