import { join } from 'node:path';
import { ActionError } from './action-error.ts';
import type { ResolvedAction } from './action-store.ts';
import { describeFolder, readManifest } from './manifest.ts';

export interface ActionFolder {
  /** Root of the repository, or of the workspace, that holds the action. */
  root: string;
  /** Relative to the root. */
  path: string;
  /** For people: the `uses:`. */
  name: string;
  /** Folder of the manifest cache. */
  manifests: string;
  /** What to do if there is no action; default: correct the path. */
  mend?: string;
}

/** The action in a folder. @throws ActionError `no-manifest`, `invalid-manifest` */
export async function readActionFolder({
  root,
  path,
  name,
  manifests,
  mend,
}: ActionFolder): Promise<ResolvedAction> {
  const directory = join(root, path);
  const manifest = await readManifest(directory, name, manifests);
  if (manifest === undefined) {
    throw new ActionError(
      'no-manifest',
      `${name} has no action.yml, action.yaml or Dockerfile: ${await describeFolder(directory, root)}`,
      mend ?? `Correct the path in 'uses: ${name}'.`,
    );
  }
  return { action: manifest.action, directory, manifestPath: manifest.path, repositoryRoot: root };
}
