import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { GitRepository } from '../git-repository.ts';
import { runSlipway } from '../slipway-process.ts';

const timeout = 120_000;

const ci = `name: CI
on:
  push:
    branches: [main]
jobs:
  lint:
    runs-on: ubuntu-latest
    steps:
      - run: exit 1
  test:
    needs: lint
    strategy:
      matrix:
        os: [ubuntu-latest, windows-latest]
    runs-on: \${{ matrix.os }}
    steps:
      - run: exit 1
  deploy:
    needs: test
    if: github.ref == 'refs/heads/release'
    runs-on: ubuntu-latest
    steps:
      - run: exit 1
`;
const nightly =
  'name: Nightly\non:\n  schedule:\n    - cron: 0 3 * * *\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - run: exit 1\n';

describe('what is said without running anything', () => {
  let repository: GitRepository;
  beforeEach(() => {
    repository = new GitRepository({
      '.github/workflows/ci.yml': ci,
      '.github/workflows/nightly.yml': nightly,
    });
  });
  afterEach(() => repository.remove());

  const slipway = (...args: string[]) =>
    runSlipway(args, { cwd: repository.path, env: { SLIPWAY_HOME: repository.home, NO_COLOR: '1' } });

  it('a plan says what would run, what would not, and why', { timeout }, async () => {
    const { status, stdout, stderr } = await slipway('plan');
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toMatch(/^push on refs\/heads\/main \([0-9a-f]{8}\)\n/);
    expect(stdout).toMatch(/✓ lint {2}ubuntu-latest/);
    expect(stdout).toMatch(/✓ test \(ubuntu-latest\) {2}ubuntu-latest {2}after lint/);
    expect(stdout).toMatch(
      /- test \(windows-latest\) {2}skipped: nothing here serves the label windows-latest/,
    );
    expect(stdout).toMatch(/- deploy {2}skipped: /);
    expect(stdout).toMatch(
      /Not started:\n {2}\.github\/workflows\/nightly\.yml: It runs on schedule, not on push\./,
    );
    expect(existsSync(join(repository.path, '.slipway'))).toBe(false);
  });

  it('a plan follows the ref', { timeout }, async () => {
    const { stdout } = await slipway('plan', '--ref', 'other');
    expect(stdout).toMatch(/No workflow would run\./);
    expect(stdout).toMatch(/ci\.yml: .*main.*other/);
  });

  it('a plan for programs is one object a line, the summary last', { timeout }, async () => {
    const { stdout } = await slipway('plan', '--json');
    const objects = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(objects.map(({ kind }) => kind)).toEqual(['run', 'not-started', 'summary']);
    expect(objects[0].jobs[1]).toMatchObject({
      id: 'test',
      needs: ['lint'],
      unserved: { 'test (windows-latest)': expect.any(String) },
    });
    expect(objects[2].runs[0].jobs).toEqual([
      { id: 'lint', name: 'lint', verdict: 'runs' },
      { id: 'test', name: 'test', verdict: 'runs' },
      { id: 'deploy', name: 'deploy', verdict: 'skipped' },
    ]);
  });

  it('lint says nothing of good files', { timeout }, async () => {
    const good = ci.replace('os: [ubuntu-latest, windows-latest]', 'os: [ubuntu-latest]');
    repository.write('.github/workflows/ci.yml', good);
    const { status, stdout } = await slipway('lint', '--format', 'json', '.github/workflows/nightly.yml');
    expect({
      status,
      errors: JSON.parse(stdout).filter(({ severity }: { severity: string }) => severity === 'error'),
    }).toEqual({
      status: 0,
      errors: [],
    });
  });

  it('lint reports workflows and actions, as text and as JSON', { timeout }, async () => {
    repository.write('.github/workflows/ci.yml', ci.replace('needs: lint', 'neds: lint'));
    repository.write('tool/action.yml', 'name: x\nruns:\n  using: nodejs\n  main: x.js\n');
    const text = await slipway('lint');
    expect(text.status).toBe(1);
    expect(text.stdout).toMatch(
      /^\.github\/workflows\/ci\.yml:11:5: error: .*neds.*\[unknown-key\]\n {2}Did you mean `needs`\?/m,
    );
    const json = await slipway('lint', '--format', 'json');
    expect(json.status).toBe(1);
    const errors = JSON.parse(json.stdout).filter(
      ({ severity }: { severity: string }) => severity === 'error',
    );
    expect(errors.map(({ file, line }: { file: string; line: number }) => `${file}:${line}`)).toEqual(
      expect.arrayContaining(['.github/workflows/ci.yml:11', 'tool/action.yml:3']),
    );
    for (const key of ['file', 'line', 'column', 'severity', 'code', 'message', 'mend'])
      expect(errors[0]).toHaveProperty(key);
  });

  it('doctor names what is missing and where it is needed', { timeout }, async () => {
    const { status, stdout } = await slipway('doctor', '--json');
    const findings = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(status).toBe(1);
    expect(findings).toContainEqual(
      expect.objectContaining({
        subject: 'runner windows-latest',
        status: 'missing',
        neededBy: [expect.stringMatching(/ci\.yml:\d+/)],
      }),
    );
    expect(findings).toContainEqual(expect.objectContaining({ subject: 'git', status: 'ok' }));
  });
});
