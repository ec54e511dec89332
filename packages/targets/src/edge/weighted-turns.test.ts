import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createWeightedTurns } from './weighted-turns.ts';

test('after as many turns as the weights make together each has gone its weight’s number of times', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 100 }), (weight) => {
      const turns = createWeightedTurns({ old: 100 - weight, new: weight });
      const taken = Array.from({ length: 100 }, () => turns.next());
      expect(taken.filter((name) => name === 'new')).toHaveLength(weight);
    }),
  );
});

test('the turns of a small share are far from each other', () => {
  const turns = createWeightedTurns({ old: 90, new: 10 });
  const taken = Array.from({ length: 40 }, () => turns.next());
  const places = taken.flatMap((name, i) => (name === 'new' ? [i] : []));
  expect(places.slice(1).map((place, i) => place - places[i]!)).toEqual([10, 10, 10]);
});

test('nobody goes where nobody has a share', () => {
  expect(createWeightedTurns({ old: 0 }).next()).toBeNull();
});
