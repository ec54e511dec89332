import { expect, test } from 'vitest';
import { type Need, releasesInNeed } from './needed-bundles.ts';

const completed = (releaseId: number, environment = 'production'): Need => ({
  environment,
  releaseId,
  isOpen: false,
  isCompleted: true,
});

test('of each environment what serves is needed, and so many releases before it as can be gone back to', () => {
  const newestFirst = [
    completed(5),
    completed(9, 'staging'),
    completed(4),
    completed(3),
    completed(8, 'staging'),
  ];
  expect([...releasesInNeed(newestFirst, 1)].toSorted()).toEqual([4, 5, 8, 9]);
  expect([...releasesInNeed(newestFirst, 0)].toSorted()).toEqual([5, 9]);
});

test('a release that completed several times counts once', () => {
  expect([
    ...releasesInNeed([completed(2), completed(1), completed(2), completed(1), completed(0)], 1),
  ]).toEqual([2, 1]);
});

test('what waits or is under way is needed whatever came before', () => {
  const open: Need = { environment: 'production', releaseId: 1, isOpen: true, isCompleted: false };
  expect([...releasesInNeed([open, completed(3), completed(2)], 0)].toSorted()).toEqual([1, 3]);
});
