import { mkdir, readFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { copyFolder } from '../workspace/copy-files.ts';
import { ActionError } from './action-error.ts';
import { readActionFolder } from './action-folder.ts';
import type { ActionStore, ResolveContext, ResolvedAction } from './action-store.ts';
import { withBuiltIn } from './built-in-actions.ts';
import { describeFolder } from './manifest.ts';
import { readLockfile } from './read-lockfile.ts';
import { createRemoteActions, type LocateAction, type LocatedAction } from './remote-actions.ts';
import { createSharedWork, type SharedWork } from './shared-work.ts';
import { traceActions } from './trace-actions.ts';
import { type RemoteUses, type Uses, understandUses, writtenUses } from './uses.ts';

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
  /** The repository that is being run: its lockfile applies. Absent: nothing is locked. */
  repositoryRoot?: string;
  /** Folder that holds Slipway's own `actions/`; absent: they are fetched as any others. */
  builtInRoot?: string;
}

/** The store, and what else comes from other repositories. */
export interface RemoteActionStore extends ActionStore {
  /**
   * A file of another repository: a reusable workflow, `owner/repo/path/file.yml@ref`. It need not be in the lockfile,
   * which GitHub keeps for actions; if it is, it must not have moved.
   * @throws ActionError
   */
  readFile(uses: string, signal: AbortSignal): Promise<RemoteFile>;
}

export interface RemoteFile {
  content: string;
  /** The commit that the ref named. */
  sha: string;
  /** What `$/` means in it. */
  repositoryRoot: string;
}

/** The action store of one run. It holds no resources: nothing to close. */
export function createActionStore(options: ActionStoreOptions): RemoteActionStore {
  const { slipwayHome, repositoryRoot } = options;
  const remote = createRemoteActions({
    slipwayHome,
    serverUrl: options.serverUrl ?? 'https://github.com',
    offline: options.offline ?? false,
    env: options.env ?? process.env,
    timeoutMs: options.timeoutMs ?? 120_000,
    readLockfile: async () =>
      repositoryRoot === undefined ? undefined : await readLockfile(repositoryRoot, slipwayHome),
  });
  const locate = withBuiltIn(remote, options.builtInRoot);
  const manifests = join(slipwayHome, 'manifests');
  const copyOnce = createSharedWork<string>();
  return {
    async prepare(uses, signal, { workflowPath } = {}) {
      await traceActions(uses, { locate, manifests, workflowPath, signal });
    },
    async resolve(uses, context, signal) {
      const resolution = { locate, manifests, workflowPath: context.workflowPath, signal };
      const parsed = understandUses(uses);
      if (parsed.kind !== 'remote') return await resolveLocal(parsed, { uses, context, manifests });
      return await copyForJob(await resolveRemote(parsed, resolution), context.actionsDirectory, {
        copyOnce,
        signal,
      });
    },
    async readFile(uses, signal) {
      const parsed = understandUses(uses);
      if (parsed.kind !== 'remote') throw new TypeError(`'${uses}' is not in another repository`);
      return await readRemoteFile(parsed, await locate(parsed, signal));
    },
  };
}

interface LocalResolution {
  uses: string;
  context: ResolveContext;
  manifests: string;
}

async function resolveLocal(
  parsed: Exclude<Uses, RemoteUses>,
  { uses, context, manifests }: LocalResolution,
): Promise<ResolvedAction> {
  switch (parsed.kind) {
    case 'own-repository':
      return await readActionFolder({
        root: context.ownRepository,
        path: parsed.path,
        name: uses,
        manifests,
      });
    case 'workspace': {
      const mend = 'Check out the repository with actions/checkout before this step, or correct the path.';
      return await readActionFolder({
        root: context.workspace,
        path: parsed.path,
        name: uses,
        manifests,
        mend,
      });
    }
    case 'image':
      throw new TypeError(`'${uses}' is an image: there are no files to resolve`);
  }
}

interface Resolution {
  locate: LocateAction;
  /** Folder of the manifest cache. */
  manifests: string;
  workflowPath: string | undefined;
  signal: AbortSignal;
}

async function resolveRemote(
  uses: RemoteUses,
  { locate, manifests, workflowPath, signal }: Resolution,
): Promise<Found> {
  const { sha, repositoryRoot, copied = '' } = await locate(uses, signal, workflowPath);
  const found = await readActionFolder({
    root: repositoryRoot,
    path: uses.path,
    name: writtenUses(uses),
    manifests,
  });
  const remote = { repository: uses.repository, path: uses.path, ref: uses.ref, sha };
  return { found: { ...found, remote }, copied };
}

interface Found {
  found: ResolvedAction & Required<Pick<ResolvedAction, 'remote'>>;
  /** As of `LocatedAction`; empty: the root. */
  copied: string;
}

/**
 * Gives the job its own copy, as on GitHub: composite and docker actions install and build beside themselves, which must
 * not reach the cache. JavaScript actions come bundled and are run where they are.
 */
async function copyForJob(
  { found, copied }: Found,
  actionsDirectory: string | undefined,
  { copyOnce, signal }: { copyOnce: SharedWork<string>; signal: AbortSignal },
): Promise<ResolvedAction> {
  if (actionsDirectory === undefined || found.action.runs.kind === 'node') return found;
  const { repository, ref } = found.remote;
  const copy = join(actionsDirectory, repository, ref);
  await copyOnce(copy, signal, async (shared) => {
    const to = join(copy, copied);
    await mkdir(dirname(to), { recursive: true });
    await copyFolder(join(found.repositoryRoot, copied), to, shared);
    return copy;
  });
  const moved = (path: string) => join(copy, relative(found.repositoryRoot, path));
  return {
    ...found,
    directory: moved(found.directory),
    manifestPath: moved(found.manifestPath),
    repositoryRoot: copy,
  };
}

async function readRemoteFile(uses: RemoteUses, { sha, repositoryRoot }: LocatedAction): Promise<RemoteFile> {
  const file = join(repositoryRoot, uses.path);
  try {
    return { content: await readFile(file, 'utf8'), sha, repositoryRoot };
  } catch (error) {
    throw new ActionError(
      'file-not-found',
      `${writtenUses(uses)} is not there: ${await describeFolder(dirname(file), repositoryRoot)}`,
      `Correct the path in 'uses: ${writtenUses(uses)}'.`,
      { cause: error },
    );
  }
}
