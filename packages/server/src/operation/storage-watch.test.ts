import { describe, expect, it } from 'vitest';
import { isStorageFull, nextStorageState } from './storage-watch.ts';

describe('room on the disk', () => {
  it.each([
    ['room', 1000, 'room'],
    ['room', 999, 'full'],
    ['full', 1000, 'full'],
    ['full', 1199, 'full'],
    ['full', 1200, 'room'],
  ] as const)('after %s with %i of 1000 bytes is %s', (before, freeBytes, after) => {
    expect(nextStorageState({ kind: before, freeBytes: 0 }, freeBytes, 1000).kind).toBe(after);
  });

  it('is missed by whoever hits the wall, however deep the cause', () => {
    const wall = Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
    const sqlite = Object.assign(new Error('database or disk is full'), {
      code: 'ERR_SQLITE_ERROR',
      errcode: 13,
    });
    expect(isStorageFull(new Error('cannot write', { cause: wall }))).toBe(true);
    expect(isStorageFull(sqlite)).toBe(true);
    expect(isStorageFull(Object.assign(new Error(), { code: 'EACCES' }))).toBe(false);
    expect(isStorageFull('ENOSPC')).toBe(false);
  });
});
