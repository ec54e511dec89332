import { expect, test } from 'vitest';
import { overQuota } from './over-quota.ts';

const three = [
  { id: 3, sizeBytes: 10 },
  { id: 2, sizeBytes: 20 },
  { id: 1, sizeBytes: 5 },
];

test.each([
  ['all fit', 35, []],
  ['the oldest goes', 34, [1]],
  ['what is older than one that goes, goes too', 29, [2, 1]],
  ['one that is larger than the quota goes whatever its age', 5, [3, 2, 1]],
  ['a quota of nothing keeps nothing', 0, [3, 2, 1]],
])('%s', (_, quotaBytes, gone) => {
  expect(overQuota(three, quotaBytes)).toEqual(gone);
});
