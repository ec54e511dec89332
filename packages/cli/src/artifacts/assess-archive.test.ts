import { describe, expect, it } from 'vitest';
import { type ArchiveEntry, type ArchiveLimits, createAssessment } from './assess-archive.ts';

const limits: ArchiveLimits = { maxEntries: 3, maxTotalBytes: 1000, maxRatio: 10, freeBytes: 100 };

function assess(
  entries: readonly (Partial<ArchiveEntry> & { fileName: string })[],
  packedBytes = 100,
): string | null {
  const judge = createAssessment(packedBytes, limits);
  for (const entry of entries) {
    const fault = judge({ uncompressedSize: 0, externalFileAttributes: 0, ...entry });
    if (fault !== null) return fault;
  }
  return null;
}

const file = (fileName: string, uncompressedSize = 0) => ({ fileName, uncompressedSize });

describe('an archive', () => {
  it('may hold files and folders under plain paths, a folder listed again', () => {
    expect(assess([file('a/'), file('a/b..c'), file('a/')])).toBeNull();
    expect(assess([{ fileName: 'tool', externalFileAttributes: 0o100755 * 0x10000 }])).toBeNull();
  });

  it.each(['/etc/passwd', '../x', 'a/../../x', 'a/..', 'C:\\x', 'a\\..\\b', 'a//b', './a', 'a\0b', ''])(
    'may not hold %j',
    (name) => {
      expect(assess([file(name)])).not.toBeNull();
    },
  );

  it.each([0o120777, 0o020666, 0o060666, 0o010666, 0o140777])('may hold no entry of mode %o', (mode) => {
    expect(assess([{ fileName: 'x', externalFileAttributes: mode * 0x10000 }])).toMatch(/^'x' is /);
  });

  it('may not hold a file twice, nor as file and folder', () => {
    expect(assess([file('a'), file('a')])).toBe("it has 'a' twice");
    expect(assess([file('a/'), file('a')])).toBe("it has 'a' twice");
  });

  it('may have as many entries as allowed, and not one more', () => {
    expect(assess([file('a'), file('b'), file('c')])).toBeNull();
    expect(assess([file('a'), file('b'), file('c'), file('d')])).toBe('it has more than 3 entries');
  });

  it('may unpack to the limit in all, and to a multiple of its size above what is free', () => {
    expect(assess([file('a', 500), file('b', 500)])).toBeNull();
    expect(assess([file('a', 500), file('b', 501)])).toBe('it unpacks to more than 1000 B');
    expect(assess([file('a', 100)], 1)).toBeNull();
    expect(assess([file('a', 101)], 10)).toBe('its 10 B unpack to more than 100 B');
  });
});
