import { join } from 'node:path';
import type { Action } from '@slipway/workflow';
import { ActionError } from './action-error.ts';
import type { ActionStore, ResolveContext, ResolvedAction } from './action-store.ts';
import { isCheckoutAction } from './checkout-action.ts';
import { describeFolder, readManifest } from './manifest.ts';
import { createRemoteActions, type LocateAction } from './remote-actions.ts';
import { parseUses, type RemoteUses, type Uses } from './uses.ts';

export interface ActionStoreOptions {
  /** `SLIPWAY_HOME`; the caches are in `actions/` and `manifests/` of it. */
  slipwayHome: string;
  /** Where `owner/repo` is found; default `https://github.com`. */
  serverUrl?: string;
  /** Never use the network: a ref means what it meant when it was last asked for. Default false. */
  offline?: boolean;
  /** What git inherits; default `process.env`. */
  env?: NodeJS.ProcessEnv;
  /** For one git command; default two minutes. */
  timeoutMs?: number;
}

/** The action store of one run. It holds no resources: nothing to close. */
export function createActionStore(options: ActionStoreOptions): ActionStore {
  const locate = createRemoteActions({
    slipwayHome: options.slipwayHome,
    serverUrl: options.serverUrl ?? 'https://github.com',
    offline: options.offline ?? false,
    env: options.env ?? process.env,
    timeoutMs: options.timeoutMs ?? 120_000,
  });
  const manifests = join(options.slipwayHome, 'manifests');
  return {
    async prepare(uses, signal) {
      const preparation = { locate, manifests, signal, visited: new Set<string>() };
      await Promise.all(uses.map((one) => prepareDeep(one, preparation)));
    },
    async resolve(uses, context, signal) {
      const parsed = understand(uses);
      switch (parsed.kind) {
        case 'remote':
          return await resolveRemote(parsed, { locate, manifests, signal });
        case 'own-repository':
          return await readFolder({ root: context.ownRepository, path: parsed.path, name: uses, manifests });
        case 'workspace':
          return await readWorkspaceFolder(parsed.path, context, manifests);
        case 'image':
          throw new TypeError(`'${uses}' is an image: there are no files to resolve`);
      }
    },
  };
}

interface Resolution {
  locate: LocateAction;
  /** Folder of the manifest cache. */
  manifests: string;
  signal: AbortSignal;
}

async function resolveRemote(
  uses: RemoteUses,
  { locate, manifests, signal }: Resolution,
): Promise<ResolvedAction> {
  const { sha, repositoryRoot } = await locate(uses, signal);
  const found = await readFolder({ root: repositoryRoot, path: uses.path, name: written(uses), manifests });
  return { ...found, remote: { repository: uses.repository, path: uses.path, ref: uses.ref, sha } };
}

/** Fetches a remote action and what its own steps use, as deep as it goes; each once. */
async function prepareDeep(uses: string, preparation: Resolution & { visited: Set<string> }): Promise<void> {
  const parsed = understand(uses);
  if (parsed.kind !== 'remote' || preparation.visited.has(written(parsed))) return;
  preparation.visited.add(written(parsed));
  const { action } = await resolveRemote(parsed, preparation);
  await Promise.all(nestedUses(action, parsed).map((nested) => prepareDeep(nested, preparation)));
}

/** actions/checkout is left out: most often the working tree stands in for it, which only the step's inputs can tell. */
function nestedUses(action: Action, holder: RemoteUses): string[] {
  if (action.runs.kind !== 'composite') return [];
  return action.runs.steps.flatMap((step) => {
    if (step.kind !== 'action' || isCheckoutAction(step.uses)) return [];
    const parsed = parseUses(step.uses);
    return parsed.kind === 'own-repository' ? written({ ...holder, path: parsed.path }) : step.uses;
  });
}

function written({ repository, path, ref }: RemoteUses): string {
  return `${repository}${path === '' ? '' : `/${path}`}@${ref}`;
}

function understand(uses: string): Uses {
  const parsed = parseUses(uses);
  if (parsed.kind !== 'invalid') return parsed;
  throw new ActionError(
    'invalid-uses',
    `'${uses}' is not an action: ${parsed.reason}`,
    'Write owner/repo[/path]@ref, ./path, $/path or docker://image.',
  );
}

interface Folder {
  /** Root of the repository that holds the action. */
  root: string;
  path: string;
  /** For people. */
  name: string;
  manifests: string;
}

async function readFolder({ root, path, name, manifests }: Folder): Promise<ResolvedAction> {
  const directory = join(root, path);
  const manifest = await readManifest(directory, name, manifests);
  if (manifest === undefined) {
    throw new ActionError(
      'no-manifest',
      `${name} has no action.yml, action.yaml or Dockerfile: ${await describeFolder(directory, root)}`,
      `Correct the path in 'uses: ${name}'.`,
    );
  }
  return { action: manifest.action, directory, manifestPath: manifest.path, repositoryRoot: root };
}

async function readWorkspaceFolder(
  path: string,
  context: ResolveContext,
  manifests: string,
): Promise<ResolvedAction> {
  const root = context.workspace;
  const directory = join(root, path);
  const manifest = await readManifest(directory, path, manifests);
  if (manifest === undefined) {
    throw new ActionError(
      'no-manifest',
      `${path} has no action.yml, action.yaml or Dockerfile: ${await describeFolder(directory, root)}`,
      'Check out the repository with actions/checkout before this step, or correct the path.',
    );
  }
  return { action: manifest.action, directory, manifestPath: manifest.path, repositoryRoot: root };
}
