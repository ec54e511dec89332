import type { BatchSize } from './strategy.ts';

/** How many instances of each component run, by name. Whole numbers above 0. */
export type Instances = Record<string, number>;

/** Where a rolling rollout stands when a batch has been replaced. */
export interface Batch {
  /** Percent of the traffic for the new revision; 100 with the last batch. */
  weight: number;
  /** Of the new revision, all batches so far together. */
  instances: Instances;
}

/**
 * The batches in which instances are replaced. All components go at the pace of the one that needs the most batches, so that one weight
 * fits them all. Numbers are rounded up, for the old revision by its own share too: neither ever has more traffic than its instances can
 * take, and where components differ in size there is for a time one instance more of the smaller one.
 */
export function rollingBatches(size: BatchSize, instances: Instances): Batch[] {
  const components = Object.entries(instances);
  const slowest = components
    .map(([, count]) => ({ count, replaced: Math.min(count, replacedAtOnce(size, count)) }))
    .reduce((one, other) => (other.replaced * one.count < one.replaced * other.count ? other : one), {
      count: 1,
      replaced: 1,
    });
  return Array.from({ length: Math.ceil(slowest.count / slowest.replaced) }, (_, i) => {
    const replaced = Math.min(slowest.count, (i + 1) * slowest.replaced);
    return {
      weight: Math.round((replaced / slowest.count) * 10_000) / 100,
      instances: Object.fromEntries(
        components.map(([name, count]) => [name, Math.ceil((count * replaced) / slowest.count)]),
      ),
    };
  });
}

/** As many instances as have room for a share of the traffic, rounded up; hundredths of a percent that were rounded away don't count. */
export function instancesFor(percent: number, count: number): number {
  return Math.ceil((count * percent) / 100 - 0.01);
}

function replacedAtOnce(size: BatchSize, count: number): number {
  switch (size.kind) {
    case 'instances':
      return size.count;
    case 'percent':
      return Math.max(1, Math.ceil((count * size.percent) / 100));
    default:
      return size satisfies never;
  }
}
