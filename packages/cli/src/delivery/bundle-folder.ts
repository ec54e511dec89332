import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Bundle, createBundle } from '@slipway/targets/bundle';
import type { DeliveryDesk } from './delivery-desk.ts';

/** Packs a folder and keeps the bundle where releases are. @throws BundleError */
export async function bundleFolder(
  desk: DeliveryDesk,
  directory: string,
): Promise<Bundle & { isNew: boolean }> {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-bundle-'));
  try {
    const output = join(folder, 'bundle');
    const bundle = await createBundle({ directory, output });
    return { ...bundle, isNew: await desk.keepBundle(bundle.digest, output) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
