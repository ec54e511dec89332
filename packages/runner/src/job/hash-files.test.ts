import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { create } from '@actions/glob';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { hashFiles } from './hash-files.ts';

let workspace: string;

beforeAll(() => {
  // The library reports each step of its search.
  vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  workspace = mkdtempSync(join(tmpdir(), 'slipway-hash-'));
  const files = [
    'a.json',
    'b/a.json',
    'b/c/a.json',
    'b/.hidden/x.lock',
    'b-c/x.lock',
    'd e/[x].lock',
    'z/ä.lock',
    'B/x',
  ];
  for (const path of files) {
    mkdirSync(dirname(join(workspace, path)), { recursive: true });
    writeFileSync(join(workspace, path), `content of ${path}`);
  }
  symlinkSync('../b', join(workspace, 'z', 'link'));
  symlinkSync('..', join(workspace, 'z', 'up'));
});

afterAll(() => {
  vi.restoreAllMocks();
  rmSync(workspace, { recursive: true });
});

/** What GitHub's runner computes, with the library that it uses. */
async function hashByToolkit(patterns: string[], followSymbolicLinks = false): Promise<string> {
  const result = createHash('sha256');
  let found = false;
  // Relative patterns begin at the working directory there.
  const rooted = patterns.map((pattern) => pattern.replace(/^(!*)(?=[^/!])/, `$1${workspace}/`));
  const { readFileSync, statSync } = await import('node:fs');
  for await (const file of (await create(rooted.join('\n'), { followSymbolicLinks })).globGenerator()) {
    if (!file.startsWith(`${workspace}/`) || statSync(file).isDirectory()) continue;
    result.update(createHash('sha256').update(readFileSync(file)).digest());
    found = true;
  }
  return found ? result.digest('hex') : '';
}

describe('hashFiles', () => {
  test.each([
    [['**/a.json']],
    [['**']],
    [['b']],
    [['b/']],
    [['b/*']],
    [['*.json', 'b/**/*.json']],
    [['**/*.lock', '!b/**']],
    [['**/*.lock', '!**/.hidden/**', 'b/.hidden/x.lock']],
    [['d e/[[]x].lock']],
    [['d e/[x].lock']],
    [['?/?.json']],
    [['[ab].json']],
    [['z/ä.lock']],
    [['b-c/**', 'b/**', 'B/**']],
    [['{a,b}.json']],
    [['z/link']],
    [['nothing/**']],
    [['/etc/hosts']],
  ])('agrees with @actions/glob on %j', async (patterns) => {
    expect(hashFiles(workspace, patterns)).toBe(await hashByToolkit(patterns));
  });

  test('follows symbolic links where it is asked to, cycles left out', async () => {
    const hash = hashFiles(workspace, ['--follow-symbolic-links', 'z/**']);
    expect(hash).toBe(await hashByToolkit(['z/**'], true));
    expect(hash).not.toBe(hashFiles(workspace, ['z/**']));
  });

  test('is the sha256 of the digests in order, and empty where nothing matches', () => {
    const digest = (text: string) => createHash('sha256').update(text).digest();
    const expected = createHash('sha256')
      .update(digest('content of a.json'))
      .update(digest('content of b/a.json'))
      .digest('hex');
    expect(hashFiles(workspace, ['a.json', 'b/a.json'])).toBe(expected);
    expect(hashFiles(workspace, ['*.toml'])).toBe('');
  });

  test('comments and blank lines of a pattern text are left out', () => {
    expect(hashFiles(workspace, ['# lock files\n\n  a.json  \n'])).toBe(hashFiles(workspace, ['a.json']));
  });

  test('refuses what is no regular file instead of waiting for it', () => {
    const folder = mkdtempSync(join(workspace, 'pipes-'));
    execFileSync('mkfifo', [join(folder, 'pipe')]);
    expect(() => hashFiles(workspace, [`${basename(folder)}/**`])).toThrow(/pipe: it is no regular file/);
    rmSync(folder, { recursive: true });
  });

  test('refuses .. and unknown options', () => {
    expect(() => hashFiles(workspace, ['b/../a.json'])).toThrow('not allowed');
    expect(() => hashFiles(workspace, ['--fast', 'a.json'])).toThrow('Invalid glob option');
  });
});
