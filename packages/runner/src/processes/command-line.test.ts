import { describe, expect, test } from 'vitest';
import { splitCommandLine } from './command-line.ts';

describe('splitCommandLine', () => {
  test('splits at blanks, tabs and newlines', () => {
    expect(splitCommandLine('  --health-interval 10s\t--health-retries 5\n')).toEqual([
      '--health-interval',
      '10s',
      '--health-retries',
      '5',
    ]);
  });

  test('keeps what stands in double quotes together, also in the middle of a word', () => {
    expect(splitCommandLine('--health-cmd "pg_isready -U me" --label="a b"')).toEqual([
      '--health-cmd',
      'pg_isready -U me',
      '--label=a b',
    ]);
  });

  test('gives single quotes no meaning, as on GitHub', () => {
    expect(splitCommandLine("--health-cmd 'redis-cli ping'")).toEqual([
      '--health-cmd',
      "'redis-cli",
      "ping'",
    ]);
  });

  test('lets a backslash escape only a double quote', () => {
    expect(splitCommandLine(String.raw`a\b "c \"d\"" e\\`)).toEqual(['a\\b', 'c "d"', 'e\\\\']);
  });

  test('keeps an empty quoted word and finds none in an empty text', () => {
    expect(splitCommandLine('""')).toEqual(['']);
    expect(splitCommandLine('  ')).toEqual([]);
  });
});
