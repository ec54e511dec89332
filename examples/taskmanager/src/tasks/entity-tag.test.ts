import { describe, expect, test } from 'vitest';
import { entityTag, holdsVersion, readIfMatch } from './entity-tag.ts';

describe('readIfMatch', () => {
  test.each([
    [undefined, { kind: 'absent' }],
    ['*', { kind: 'any' }],
    ['"3"', { kind: 'version', version: 3 }],
    [' "12" ', { kind: 'version', version: 12 }],
    ['3', { kind: 'foreign' }],
    ['W/"3"', { kind: 'foreign' }],
    ['"abc"', { kind: 'foreign' }],
    ['', { kind: 'foreign' }],
  ])('%j reads as %j', (header, expected) => {
    expect(readIfMatch(header)).toEqual(expected);
  });

  test('reads back the tag that was given out', () => {
    expect(readIfMatch(entityTag(7))).toEqual({ kind: 'version', version: 7 });
  });
});

describe('holdsVersion', () => {
  test.each([
    [undefined, false],
    ['"3"', true],
    ['W/"3"', true],
    ['"1", "3"', true],
    ['*', true],
    ['"2"', false],
    ['"33"', false],
  ])('If-None-Match %j against version 3 is %s', (header, expected) => {
    expect(holdsVersion(header, 3)).toBe(expected);
  });
});
