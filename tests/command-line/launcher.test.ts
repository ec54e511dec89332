import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { GitRepository } from '../git-repository.ts';

const root = join(import.meta.dirname, '../..');
const launcher = join(root, 'bin/slipway');

describe('bin/slipway', () => {
  let folder: string;
  beforeEach(() => {
    folder = realpathSync(mkdtempSync(join(tmpdir(), 'slipway-launcher-')));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  function start(file: string, args: string[], env: NodeJS.ProcessEnv = {}) {
    return spawnSync(file, args, { cwd: folder, encoding: 'utf8', env: { ...process.env, ...env } });
  }

  it('starts from any folder, by a chain of links too', (ctx) => {
    if (!existsSync(join(root, 'dist/slipway.cjs'))) return ctx.skip('the bundle is not built');
    symlinkSync(launcher, join(folder, 'absolute'));
    symlinkSync('absolute', join(folder, 'relative'));
    for (const file of [launcher, join(folder, 'absolute'), './relative']) {
      expect(start(file, ['--version'])).toMatchObject({
        status: 0,
        stderr: '',
        stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/),
      });
    }
  });

  it('refuses Windows with a clear word', () => {
    const result = start(launcher, ['run'], { OS: 'Windows_NT' });
    expect(result).toMatchObject({ status: 2, stdout: '' });
    expect(result.stderr).toContain('Windows is not served');
  });

  it('says what to do where no Node is', () => {
    const copy = join(folder, 'bin');
    spawnSync('mkdir', [copy]);
    spawnSync('cp', [launcher, copy]);
    const result = spawnSync('/bin/sh', [join(copy, 'slipway'), 'run'], {
      encoding: 'utf8',
      env: { PATH: '/nonexistent' },
    });
    expect(result.status).toBe(2);
    expect(result.stderr).toContain(`run 'npm ci' in ${folder}`);
  });
});

describe('on a terminal', () => {
  let repository: GitRepository;
  beforeEach(() => {
    repository = new GitRepository({
      '.github/workflows/ci.yml': `name: CI
on: push
jobs:
  build:
    runs-on: ubuntu-latest
    steps:
      - name: Count
        run: for number in 1 2 3; do echo "number $number"; sleep 0.3; done; exit 4
`,
    });
  });
  afterEach(() => repository.remove());

  it('shows jobs and steps live, then the end of the failing log, and gives the cursor back', {
    timeout: 120_000,
  }, (ctx) => {
    if (spawnSync('script', ['--version']).status !== 0) return ctx.skip('script(1) is not installed');
    const hooks = join(root, 'tools/json-imports.ts');
    const main = join(root, 'packages/cli/src/main.ts');
    const command = `stty rows 24 cols 80; '${process.execPath}' --import '${hooks}' '${main}' run`;
    const env = {
      ...process.env,
      SLIPWAY_HOME: repository.home,
      TERM: 'xterm-256color',
      CI: '',
      NO_COLOR: '',
    };
    const result = spawnSync('script', ['-qec', command, '/dev/null'], {
      cwd: repository.path,
      encoding: 'utf8',
      env,
    });
    expect(result.status).toBe(1);
    expect(result.stdout).toMatch(/⠋|⠙|⠹|⠸/);
    expect(result.stdout).toContain('CI / build');
    const [, summary = ''] = result.stdout.split('\x1b[?25h');
    expect(summary).toMatch(/failed: Count/);
    expect(summary).toMatch(/│.* number 3/);
    expect(result.stdout.lastIndexOf('\x1b[?25h')).toBeGreaterThan(result.stdout.lastIndexOf('\x1b[?25l'));
  });
});
