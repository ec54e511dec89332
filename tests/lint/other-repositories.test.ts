import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ci, findingsOf, LintedRepository, steps } from './linted-repository.ts';

describe('actions of other repositories', () => {
  let folder: string;
  let env: NodeJS.ProcessEnv;
  let sha: string;
  let repository: LintedRepository;

  const git = (cwd: string, ...args: string[]): string =>
    execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.com', ...args], {
      cwd,
      encoding: 'utf8',
    });

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'slipway-server-'));
    const tool = join(folder, 'octo/tool');
    mkdirSync(tool, { recursive: true });
    git(tool, 'init', '--quiet', '--initial-branch=main');
    writeFileSync(
      join(tool, 'action.yml'),
      'name: tool\ndescription: d\ninputs: { level: { description: l } }\nruns: { using: node24, main: a.js }\n',
    );
    git(tool, 'add', '--all');
    git(tool, 'commit', '--quiet', '--message=first');
    git(tool, 'tag', 'v1');
    sha = git(tool, 'rev-parse', 'HEAD').trim();
    env = {
      GIT_CONFIG_COUNT: '1',
      GIT_CONFIG_KEY_0: `url.file://${folder}/.insteadOf`,
      GIT_CONFIG_VALUE_0: 'https://github.com/',
      GITHUB_API_URL: 'http://127.0.0.1:9',
    };
    repository = new LintedRepository({
      [ci]: steps(
        '      - uses: octo/tool@v1\n        with: { levle: 1 }\n      - uses: octo/tool@v1 # why\n',
      ),
    });
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('are not asked for, so that only what the file says is judged', async () => {
    const findings = findingsOf(await repository.lintWith(env, '--format', 'json'));
    expect(findings.map(({ code }) => code)).toEqual(['moving-ref']);
  });

  it('are asked for with --online, and pinned everywhere by --fix, which says what it changed', async () => {
    const online = findingsOf(await repository.lintWith(env, '--online', '--format', 'json'));
    expect(online.map(({ code }) => code)).toEqual(['moving-ref', 'action-inputs']);
    expect(online[0]?.mend).toContain(sha);
    // Now it is in the cache: the network is not needed any more.
    chmodSync(join(repository.path, ci), 0o640);
    const fixed = await repository.lint('--fix');
    expect(fixed.stderr).toContain(`fixed ${ci}:8 [moving-ref]: octo/tool@${sha} # v1`);
    expect(fixed.stdout).toContain('0 errors, 1 warning\n');
    const content = readFileSync(join(repository.path, ci), 'utf8');
    expect(content).toContain(`- uses: octo/tool@${sha} # v1\n`);
    expect(content).toContain(`- uses: octo/tool@${sha} # why\n`);
    expect(statSync(join(repository.path, ci)).mode & 0o777).toBe(0o640);
    expect(repository.git('status', '--short').trim()).toBe(`M ${ci}`);
  });

  it('are pinned through a link, which stays one', async () => {
    await repository.lintWith(env, '--online');
    renameSync(join(repository.path, ci), join(repository.path, 'shared.yml'));
    symlinkSync('../../shared.yml', join(repository.path, ci));
    expect((await repository.lint('--fix')).stderr).toContain('fixed');
    expect(lstatSync(join(repository.path, ci)).isSymbolicLink()).toBe(true);
    expect(readFileSync(join(repository.path, 'shared.yml'), 'utf8')).toContain(sha);
  });

  it('that have no such ref or repository are errors with --online', async () => {
    repository.write(ci, steps('      - uses: octo/tool@v9\n      - uses: octo/nothing@v1\n'));
    const result = await repository.lintWith(env, '--online', '--format', 'json');
    expect(result.status).toBe(1);
    const errors = findingsOf(result).filter(({ code }) => code === 'unavailable-action');
    expect(errors.map(({ line }) => line)).toEqual([8, 9]);
    expect(errors[0]?.message).toContain('v9');
  });

  it('do not move once they are locked, and a tag that was moved is an error with the way out', async () => {
    const locked = await repository.slipway(['lock'], env);
    expect(locked).toMatchObject({ status: 0, stderr: '' });
    expect(locked.stdout).toContain(`+ octo/tool@v1 ${sha.slice(0, 12)}\n`);
    const lockfile = readFileSync(join(repository.path, '.github/workflows/actions.lock'), 'utf8');
    expect(lockfile).toContain(`commit: 'sha1-${sha}'`);
    const codes = findingsOf(await repository.lint('--format', 'json')).map(({ code }) => code);
    expect(codes).toEqual(['action-inputs']);

    const tool = join(folder, 'octo/tool');
    writeFileSync(join(tool, 'a.js'), '1');
    git(tool, 'add', '--all');
    git(tool, 'commit', '--quiet', '--message=second');
    git(tool, 'tag', '--force', 'v1');
    const moved = await repository.lintWith(env, '--online');
    expect(moved.status).toBe(1);
    expect(moved.stdout).toContain("run 'slipway lock --update'");
    const updated = await repository.slipway(['lock', '--update'], env);
    expect(updated.stdout).toMatch(/^~ octo\/tool@v1 [0-9a-f]{12} → [0-9a-f]{12}\n/);
    expect((await repository.lintWith(env, '--online')).status).toBe(0);
  });
});
