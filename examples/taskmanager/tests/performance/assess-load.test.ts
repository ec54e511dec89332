import { expect, test } from 'vitest';
import { assessLoad } from './assess-load.js';
import { percentile } from './percentile.js';

const thresholds = { p95Ms: 500, errorRate: 0.01 };

test('a load that stays below both thresholds passes', () => {
  expect(assessLoad({ requests: 1000, errorRate: 0.002, p95Ms: 120 }, thresholds)).toEqual([]);
});

test('each threshold that is reached is named, and reaching it is too much', () => {
  expect(assessLoad({ requests: 1000, errorRate: 0.01, p95Ms: 500 }, thresholds)).toEqual([
    '1.00 % of the requests failed; it must be less than 1.00 %.',
    'The 95th percentile is 500 ms; it must be less than 500 ms.',
  ]);
});

test('a load test that got no answer is no success', () => {
  expect(assessLoad({ requests: 0, errorRate: 0, p95Ms: null }, thresholds)).toEqual([
    'No request was answered.',
    'The 95th percentile is unknown; it must be less than 500 ms.',
  ]);
});

test('a percentile is one of the values', () => {
  const values = Array.from({ length: 100 }, (_, index) => 100 - index);
  expect(percentile(values, 0.95)).toBe(95);
  expect(percentile([7], 0.95)).toBe(7);
});
