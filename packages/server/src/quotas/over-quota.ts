/** Something that takes room, as it is kept. */
export interface Kept {
  id: number;
  sizeBytes: number;
}

/**
 * Which have to go so that no more than the quota is left. Pure.
 * @param newestFirst what is first stays longest
 */
export function overQuota(newestFirst: readonly Kept[], quotaBytes: number): number[] {
  let sizeBytes = 0;
  return newestFirst.flatMap((one) => {
    sizeBytes += one.sizeBytes;
    return sizeBytes > quotaBytes ? [one.id] : [];
  });
}
