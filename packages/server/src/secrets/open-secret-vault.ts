import type { Store } from '../store/open-store.ts';
import { openKeyRing } from './key-ring.ts';
import type { SecretKey } from './sealed-value.ts';
import { openSecretKeys } from './secret-keys.ts';
import type { SecretVault } from './secret-vault.ts';
import { takeOverSecretFiles } from './take-over-files.ts';

export interface SecretVaultOptions {
  store: Store;
  /** Where the keys are that Slipway makes; servers of one store share it. */
  directory: string;
  /** By the operator; the first seals. */
  given?: readonly SecretKey[];
  now: () => number;
}

/** @throws Error that names a key which secrets are sealed with and which is not there */
export async function openSecretVault({
  store,
  directory,
  given = [],
  now,
}: SecretVaultOptions): Promise<SecretVault> {
  const vault: SecretVault = { store, ring: openKeyRing(directory, given), now };
  await openSecretKeys({ ...vault, now: now() });
  await takeOverSecretFiles(vault, directory);
  return vault;
}
