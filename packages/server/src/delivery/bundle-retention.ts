import { SlipwayError } from '@slipway/contracts/errors';
import { sizeText } from '@slipway/contracts/size-text';
import type { BlobStore } from '../blobs/blob-store.ts';
import { discardUnreferenced } from '../blobs/discard-unreferenced.ts';
import type { Store } from '../store/open-store.ts';
import { neededDigests } from './needed-bundles.ts';

export interface BundleStore {
  store: Store;
  blobs: BlobStore;
  now: () => number;
}

/** How long the bundles of a project are kept. */
export interface BundleRules {
  project: string;
  /** How long those are kept that nothing needs, from when something last did. */
  retentionDays: number;
  /** Of each environment, how many releases before the one that serves are never removed. */
  rollbackReleases: number;
  quotaBytes: number;
}

const dayMs = 24 * 60 * 60_000;
/** What was uploaded so lately may be about to be released. */
const freshMs = dayMs;

interface KeptBundle {
  digest: string;
  sizeBytes: number;
  usedAtMs: number;
}

/**
 * Removes what has outlived its retention, and of the rest, while it is more than the quota, the bundles that were needed longest ago. What
 * an environment needs always stays. Any server may do it, several at once.
 * @param roomBytes that are needed besides what is there
 * @returns how many bytes are left
 */
export async function tidyBundles(
  bundles: BundleStore,
  { project, retentionDays, rollbackReleases, quotaBytes }: BundleRules,
  roomBytes = 0,
): Promise<number> {
  const { store, now } = bundles;
  const kept = await keptBundles(bundles, project);
  const sum = kept.reduce((bytes, { sizeBytes }) => bytes + sizeBytes, 0);
  const expiredBefore = now() - retentionDays * dayMs;
  const mayBeExpired = kept.some(({ usedAtMs }) => usedAtMs <= expiredBefore);
  if (!mayBeExpired && sum + roomBytes <= quotaBytes) return sum;
  const needed = await neededDigests(store, { project, rollbackReleases });
  const free = kept.filter(({ digest }) => !needed.has(digest));
  const expired = free.filter(({ usedAtMs }) => usedAtMs <= expiredBefore);
  const removed = await removeBundles(bundles, { project, unusedSince: expiredBefore, candidates: expired });
  let left = sum - removed;
  const freshSince = now() - freshMs;
  const rest = free.filter(({ usedAtMs }) => usedAtMs > expiredBefore && usedAtMs <= freshSince);
  for (const candidate of rest) {
    if (left + roomBytes <= quotaBytes) break;
    left -= await removeBundles(bundles, { project, unusedSince: freshSince, candidates: [candidate] });
  }
  return left;
}

/**
 * Makes room for a bundle that comes.
 * @throws SlipwayError `over-quota`
 */
export async function makeRoomFor(
  bundles: BundleStore,
  rules: BundleRules,
  sizeBytes: number,
): Promise<void> {
  const left = await tidyBundles(bundles, rules, sizeBytes);
  if (left + sizeBytes <= rules.quotaBytes) return;
  throw new SlipwayError('over-quota', {
    message: `The bundles of ${rules.project} take ${sizeText(left)} of the ${sizeText(rules.quotaBytes)} of its quota, and this one ${sizeText(sizeBytes)}; what is there came within a day, or environments need it. Raise the quota (\`slipway project set ${rules.project} --quota bundles=SIZE\`), or keep fewer releases to go back to (\`--rollback-releases\`).`,
  });
}

/** Those that were needed longest ago first. */
async function keptBundles({ store }: BundleStore, project: string): Promise<KeptBundle[]> {
  const rows = await store
    .selectFrom('bundle')
    .select(['digest', 'size', 'used_at'])
    .where('project', '=', project)
    .orderBy('used_at')
    .orderBy('digest')
    .execute();
  return rows.map(({ digest, size, used_at }) => ({
    digest,
    sizeBytes: Number(size),
    usedAtMs: Number(used_at),
  }));
}

/** Not those that somebody has begun to need meanwhile: see `useBundles`. @returns the bytes of those that went */
async function removeBundles(
  { store, blobs }: BundleStore,
  { project, unusedSince, candidates }: { project: string; unusedSince: number; candidates: KeptBundle[] },
): Promise<number> {
  if (candidates.length === 0) return 0;
  const digests = candidates.map(({ digest }) => digest);
  const gone = await store
    .deleteFrom('bundle')
    .where('project', '=', project)
    .where('digest', 'in', digests)
    .where('used_at', '<=', unusedSince)
    .returning(['digest', 'size'])
    .execute();
  await discardUnreferenced(
    store,
    blobs,
    gone.map(({ digest }) => digest),
  );
  return gone.reduce((sum, { size }) => sum + Number(size), 0);
}
