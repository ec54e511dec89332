import { chownSync, statSync } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Account } from '../../machine/account.ts';

/** A service's own folder; `remove` deletes it with all its content and never throws. */
export interface ServiceDirectory {
  path: string;
  remove(): Promise<void>;
}

/**
 * Makes a service's folder within the job's. A server that runs as another account can't enter a job folder below a home
 * that is closed to it (`/root`): then the folder is made in the system's temporary one, under a name that starts with the
 * job's tracking id, so that a sweep after a crash finds it.
 */
export async function createServiceDirectory(options: {
  jobDirectory: string;
  trackingId: string;
  serviceId: string;
  account: Account | undefined;
}): Promise<ServiceDirectory> {
  const { jobDirectory, trackingId, serviceId, account } = options;
  await mkdir(jobDirectory, { recursive: true });
  const inside = !account || isEnterable(jobDirectory, account);
  const parent = inside ? jobDirectory : tmpdir();
  const path = await mkdtemp(join(parent, `${inside ? '' : `${trackingId}-`}${serviceId}-`));
  if (account) chownSync(path, account.uid, account.gid);
  return {
    path,
    remove: () => rm(path, { recursive: true, force: true, maxRetries: 3 }).catch(() => undefined),
  };
}

/** Whether the account may pass through the folder and all above it, judged by mode bits (what root can see without trying). */
function isEnterable(directory: string, account: Account): boolean {
  for (let path = directory; ; path = dirname(path)) {
    const { mode, uid, gid } = statSync(path);
    const bit = uid === account.uid ? 0o100 : gid === account.gid ? 0o010 : 0o001;
    if ((mode & bit) === 0) return false;
    if (path === dirname(path)) return true;
  }
}
