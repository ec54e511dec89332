import fc from 'fast-check';
import { expect, test } from 'vitest';
import { instancesFor, rollingBatches } from './rolling-batches.ts';
import type { BatchSize } from './strategy.ts';

const one: BatchSize = { kind: 'instances', count: 1 };

test('ten instances in batches of a quarter go in four, of one in ten', () => {
  expect(rollingBatches({ kind: 'percent', percent: 25 }, { api: 10 })).toEqual([
    { weight: 30, instances: { api: 3 } },
    { weight: 60, instances: { api: 6 } },
    { weight: 90, instances: { api: 9 } },
    { weight: 100, instances: { api: 10 } },
  ]);
  expect(rollingBatches(one, { api: 10 })).toHaveLength(10);
  expect(rollingBatches({ kind: 'instances', count: 50 }, { api: 10 })).toHaveLength(1);
});

test('a worker beside it goes at the pace of the component that needs the most batches', () => {
  expect(rollingBatches(one, { api: 3, worker: 2 })).toEqual([
    { weight: 33.33, instances: { api: 1, worker: 1 } },
    { weight: 66.67, instances: { api: 2, worker: 2 } },
    { weight: 100, instances: { api: 3, worker: 2 } },
  ]);
});

const sizes: fc.Arbitrary<BatchSize> = fc.oneof(
  fc.record({ kind: fc.constant('instances' as const), count: fc.integer({ min: 1, max: 999 }) }),
  fc.record({
    kind: fc.constant('percent' as const),
    percent: fc.double({ min: 0.1, max: 100, noNaN: true }),
  }),
);
const counts = fc.dictionary(fc.constantFrom('api', 'web', 'worker'), fc.integer({ min: 1, max: 100 }), {
  minKeys: 1,
  noNullPrototype: true,
});

test('whatever the numbers, each batch has at most its size, and both revisions have room for their share', () => {
  fc.assert(
    fc.property(sizes, counts, (size, wanted) => {
      const batches = rollingBatches(size, wanted);
      expect(batches.at(-1)).toEqual({ weight: 100, instances: wanted });
      for (const [name, count] of Object.entries(wanted)) {
        const most =
          size.kind === 'instances' ? size.count : Math.max(1, Math.ceil((count * size.percent) / 100));
        let before = 0;
        for (const { weight, instances } of batches) {
          const now = instances[name]!;
          expect(now - before).toBeLessThanOrEqual(most);
          expect(now).toBeGreaterThanOrEqual(instancesFor(weight, count));
          const old = instancesFor(100 - weight, count);
          expect(now + old).toBeGreaterThanOrEqual(count);
          expect(now + old).toBeLessThanOrEqual(count + 1);
          before = now;
        }
      }
    }),
  );
});
