import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from './action-step.ts';

const launcher = join(import.meta.dirname, '../../actions/slipway');

/** The repository of an action as GitHub's runner has it, on a machine whose npm and slipway write down how they are called. */
function actionOnGitHub(): { root: string; run(env?: Record<string, string>): ReturnType<typeof spawnSync> } {
  const root = temporaryFolder();
  const write = (path: string, body: string) => {
    writeFileSync(path, `#!/bin/sh\n${body}\n`);
    chmodSync(path, 0o755);
  };
  for (const folder of ['actions', 'bin', 'programs']) mkdirSync(join(root, folder));
  copyFileSync(launcher, join(root, 'actions/slipway'));
  write(join(root, 'bin/slipway'), `echo "slipway $*"`);
  write(
    join(root, 'programs/npm'),
    [
      `echo "$*" >> ${root}/called`,
      'mkdir -p node_modules',
      '[ -n "${FULL_DISK-}" ] && exit 1',
      'echo {} > node_modules/.package-lock.json',
    ].join('\n'),
  );
  return {
    root,
    run: (env = {}) =>
      spawnSync(join(root, 'actions/slipway'), ['bundle', 'out'], {
        env: { PATH: `${join(root, 'programs')}:/usr/bin:/bin`, ...env },
        encoding: 'utf8',
      }),
  };
}

test('an action on GitHub installs the command line whole at its first use, whatever the job sets for its own packages', () => {
  const { root, run } = actionOnGitHub();
  writeFileSync(join(root, 'package.json'), '{}');
  expect(run({ FULL_DISK: 'yes' }).status).not.toBe(0);
  for (const _ of [1, 2]) expect(run({ NODE_ENV: 'production' }).stdout).toBe('slipway bundle out\n');
  const called = readFileSync(join(root, 'called'), 'utf8').trim().split('\n');
  expect(called).toEqual(Array(2).fill(expect.stringMatching(/^ci --include=dev --ignore-scripts=false /)));
});

test('where there is neither the command nor anything to install it from, that is said', () => {
  const { root, run } = actionOnGitHub();
  const { status, stderr } = run();
  expect({ status, stderr }).toMatchObject({ status: 2, stderr: expect.stringContaining('not on the PATH') });
  expect(existsSync(join(root, 'called'))).toBe(false);
});
