import fc from 'fast-check';
import { expect, test } from 'vitest';
import { jobNumber, jobPlace } from './job-numbers.ts';

const place = fc.record({
  runId: fc.integer({ min: 1, max: 2 ** 31 - 1 }),
  attempt: fc.integer({ min: 1, max: 99 }),
  position: fc.integer({ min: 0, max: 9_999 }),
});

test('the number of a job says of which run, attempt and place it is, and no two have the same', () => {
  fc.assert(
    fc.property(place, (one) => {
      const number = jobNumber(one);
      expect(Number.isSafeInteger(number)).toBe(true);
      expect(jobPlace(number)).toEqual(one);
    }),
  );
});

test('the numbers of check runs, which a table counts, are none of jobs', () => {
  expect(jobPlace(1)).toBeNull();
  expect(jobPlace(2 ** 31 - 1)).toBeNull();
  expect(jobPlace(2 ** 60)).toBeNull();
});
