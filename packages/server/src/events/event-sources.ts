import type { Notices } from '../controller/notices.ts';
import type { WorkflowModels } from '../repositories/read-workflows.ts';
import type { SecretVault } from '../secrets/secret-vault.ts';
import type { Store } from '../store/open-store.ts';

/** What events are made from, whatever brings them. */
export interface EventSources {
  store: Store;
  notices: Notices;
  now: () => number;
  /** Folder of the bare repositories. */
  repositories: string;
  secrets: SecretVault;
  models: WorkflowModels;
  /** Fetches a workflow of a repository that is not here, `owner/name/path@ref`. */
  readRemote: (uses: string) => Promise<string>;
  /** Where people and jobs reach this server, without a slash at its end. */
  publicUrl: string;
}
