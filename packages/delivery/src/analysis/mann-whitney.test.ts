import { expect, test } from 'vitest';
import { mannWhitney } from './mann-whitney.ts';

/** Hollander and Wolfe (1973), page 69, the example of R's `wilcox.test`: R gives W = 35, p = 0.2544. */
const atTerm = [0.8, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46];
const early = [1.15, 0.88, 0.9, 0.74, 1.21];

test('small samples without ties are judged exactly, as R and SciPy do', () => {
  const result = mannWhitney(early, atTerm, 0.95);
  expect(result.u).toBe(35);
  expect(result.pValue).toBeCloseTo(0.2544122544122544, 12);
  expect(result.estimate).toBeCloseTo(0.305, 10);
  expect(result.interval?.lower).toBeCloseTo(-0.15, 10);
  expect(result.interval?.upper).toBeCloseTo(0.76, 10);
});

test('the example of SciPy’s documentation gives U = 17 and p = 0.111', () => {
  const result = mannWhitney([20, 11, 17, 12], [19, 22, 16, 29, 24], 0.95);
  expect(result.u).toBe(17);
  expect(result.pValue).toBeCloseTo(0.1111111111111111, 12);
});

test('ties are corrected for, as SciPy’s asymptotic method does', () => {
  const result = mannWhitney([2, 3, 4, 4, 5, 5, 6, 7, 8], [1, 2, 2, 3, 3, 3, 4, 5], 0.98);
  expect(result.u).toBe(13.5);
  expect(result.pValue).toBeCloseTo(0.03186670542703166, 6);
});

test('five values a side are the fewest that 98 % of confidence can be had from', () => {
  expect(mannWhitney([1, 2, 3, 4], [11, 12, 13, 14], 0.98).interval).toBeNull();
  expect(mannWhitney([1, 2, 3, 4, 5], [11, 12, 13, 14, 15], 0.98).interval).not.toBeNull();
});

test('large samples take the normal approximation, and the interval holds the shift', () => {
  const control = Array.from({ length: 60 }, (_, i) => i);
  const experiment = control.map((value) => value + 10);
  const { estimate, interval, pValue } = mannWhitney(control, experiment, 0.98);
  expect(estimate).toBe(10);
  expect(interval).not.toBeNull();
  expect(interval!.lower).toBeGreaterThan(0);
  expect(interval!.lower).toBeLessThan(10);
  expect(interval!.upper).toBeGreaterThan(10);
  expect(interval!.upper).toBeLessThan(20);
  expect(pValue).toBeLessThan(0.02);
});

test('equal values say that nothing differs', () => {
  const result = mannWhitney([3, 3, 3, 3, 3], [3, 3, 3, 3, 3], 0.98);
  expect(result).toMatchObject({ estimate: 0, pValue: 1, interval: { lower: 0, upper: 0 } });
});
