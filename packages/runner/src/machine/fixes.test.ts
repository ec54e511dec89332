import { expect, test } from 'vitest';
import type { Finding } from './finding.ts';
import { applyFix, fixesFor } from './fixes.ts';

const finding = (tool: Finding['tool'], status: Finding['status'] = 'missing'): Finding => ({
  subject: String(tool),
  status,
  detail: '',
  neededBy: [],
  ...(tool && { tool }),
});

test('one command installs all that is missing, after the package lists are fetched', () => {
  const fixes = fixesFor([finding('postgresql'), finding('redis'), finding('postgresql')], 'apt-get');
  expect(fixes).toEqual({
    commands: [
      { words: ['apt-get', 'update'], needsRoot: true },
      {
        words: ['apt-get', 'install', '-y', '--no-install-recommends', 'postgresql', 'redis-server'],
        needsRoot: true,
      },
    ],
    unavailable: [],
  });
});

test('what the package manager doesn’t have is named, and warnings are left alone', () => {
  const fixes = fixesFor([finding('trivy'), finding('jq', 'warning'), finding('git', 'ok')], 'apt-get');
  expect(fixes).toEqual({ commands: [], unavailable: ['trivy'] });
});

test('brew needs no root', () => {
  expect(fixesFor([finding('shellcheck')], 'brew').commands).toEqual([
    { words: ['brew', 'install', 'shellcheck'], needsRoot: false },
  ]);
});

test('a fix that fails or can’t be started says so', async () => {
  expect(await applyFix({ words: ['true'], needsRoot: false })).toBe(true);
  expect(await applyFix({ words: ['false'], needsRoot: false })).toBe(false);
  expect(await applyFix({ words: ['/no/such/program'], needsRoot: false })).toBe(false);
});
