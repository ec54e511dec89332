import { expect, test } from 'vitest';
import { matchesRef } from './ref-pattern.ts';

test('a pattern without stars is the name itself, and its dots are dots', () => {
  expect(matchesRef('v1.0', 'v1.0')).toBe(true);
  expect(matchesRef('v1.0', 'v1x0')).toBe(false);
  expect(matchesRef('**', 'a/b')).toBe(true);
  expect(matchesRef('v?', 'v1')).toBe(true);
});
