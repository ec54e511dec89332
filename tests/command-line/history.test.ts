import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { GitRepository } from '../git-repository.ts';
import { runSlipway, type SlipwayResult, startSlipway } from '../slipway-process.ts';

const workflow = `name: ci
on: [push, workflow_dispatch]
jobs:
  good:
    runs-on: ubuntu-latest
    steps:
      - id: greet
        name: Say hello
        run: echo "good says hello to $GITHUB_EVENT_NAME"
      - run: printf 'Grüße \\033[31mred\\033[0m\\n'
  bad:
    strategy: { fail-fast: false, matrix: { n: [1, 2] } }
    runs-on: ubuntu-latest
    steps:
      - run: echo "leg \${{ matrix.n }} begins"
      - name: Break
        run: echo "leg \${{ matrix.n }} breaks"; test \${{ matrix.n }} = 1
      - if: always()
        name: Clean up
        run: echo "leg \${{ matrix.n }} cleans up"
  after:
    needs: bad
    runs-on: ubuntu-latest
    steps:
      - run: echo never
`;

function slipway({ path: cwd, home }: GitRepository, ...args: string[]): Promise<SlipwayResult> {
  return runSlipway(args, { cwd, env: { SLIPWAY_HOME: home, NO_COLOR: '1' } });
}

describe('runs and logs', { timeout: 120_000 }, () => {
  let repository: GitRepository;

  beforeAll(async () => {
    repository = new GitRepository({ '.github/workflows/ci.yml': workflow });
    await slipway(repository, 'run');
    await slipway(repository, 'run', 'workflow_dispatch', '-j', 'good');
  });
  afterAll(() => repository.remove());

  test('runs lists them, the newest first, with how they ended', async () => {
    const { stdout, status } = await slipway(repository, 'runs');
    const [second, first, ...others] = stdout.trimEnd().split('\n');
    expect(second).toMatch(
      /^✓ 2 {2}workflow_dispatch {2}ci: ci {2}\d{4}-\d\d-\d\d \d\d:\d\d {2}[\d.]+m?s {2}success$/,
    );
    expect(first).toMatch(/^✗ 1 {2}push {15}ci: first {2}.* {2}failure$/);
    expect(others).toEqual([]);
    expect(status).toBe(0);
  });

  test('runs --json says the same to programs, runs --limit less', async () => {
    const { stdout } = await slipway(repository, 'runs', '--json', '--limit', '1');
    expect(
      stdout
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line)),
    ).toEqual([
      {
        number: 2,
        attempt: 1,
        status: 'finished',
        conclusion: 'success',
        workflow: '.github/workflows/ci.yml',
        name: 'ci: ci',
        event: 'workflow_dispatch',
        startedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
        durationMs: expect.any(Number),
      },
    ]);
  });

  test.each(['0', 'x', '1.5'])('runs --limit %s is refused', async (limit) => {
    const { status, stderr } = await slipway(repository, 'runs', '--limit', limit);
    expect(stderr).toContain(`--limit '${limit}' is no number of runs`);
    expect(status).toBe(2);
  });

  test('logs prints the newest run, one that has only one job without a heading', async () => {
    const { stdout, status } = await slipway(repository, 'logs');
    expect(stdout).toMatch(/^── Set up job\n/);
    expect(stdout).toContain('\ngood says hello to workflow_dispatch\n');
    expect(stdout).toContain('Grüße \x1b[31mred\x1b[0m\n');
    expect(stdout).not.toContain('== good');
    expect(status).toBe(0);
  });

  test('logs RUN prints all jobs under their names, a leg under its own', async () => {
    const { stdout } = await slipway(repository, 'logs', '1');
    expect(stdout.match(/^== .*$/gm)?.toSorted()).toEqual(['== bad (1)', '== bad (2)', '== good']);
    expect(stdout).toMatch(/== bad \(2\)\n[\s\S]*leg 2 breaks\n/);
    expect(stdout).not.toContain('never');
  });

  test('logs --job takes an id for all legs, a name or a key for one', async () => {
    const all = await slipway(repository, 'logs', '1', '--job', 'bad');
    expect(all.stdout).toMatch(/leg 1 begins[\s\S]*leg 2 begins/);
    for (const one of ['bad (2)', 'BAD(1)']) {
      const { stdout } = await slipway(repository, 'logs', '1', '-j', one);
      expect(stdout).toMatch(/^── Set up job\n/);
      expect(stdout).toContain('leg 2 begins');
      expect(stdout).not.toContain('leg 1 begins');
    }
  });

  test('logs --step takes an id, a name or a number, and prints that part only', async () => {
    for (const step of ['greet', 'say hello', '1']) {
      const { stdout } = await slipway(repository, 'logs', '2', '--step', step);
      expect(stdout).toContain('good says hello');
      expect(stdout).not.toContain('Set up job');
      expect(stdout).not.toContain('Grüße');
    }
  });

  test('logs --failed prints the steps that failed', async () => {
    const { stdout } = await slipway(repository, 'logs', '1', '--failed');
    expect(stdout).toContain('leg 2 breaks');
    expect(stdout).toContain('── failure: Break');
    expect(stdout).not.toMatch(/leg 1|leg 2 begins|cleans up/);
  });

  test.each([
    [['logs', '7'], 'there is no run 7 in this repository'],
    [['logs', 'x'], "'x' is no number of a run"],
    [['logs', '1', '--job', 'baad'], "the run has no job 'baad'"],
    [['logs', '1', '--step', 'Braek'], 'Did you mean Break?'],
    [['logs', '1', '--attempt', '2'], "run 1 has no attempt '2'"],
  ])('%j is refused', async (args, message) => {
    const { status, stdout, stderr } = await slipway(repository, ...args);
    expect(stderr).toContain(message);
    expect(stdout).toBe('');
    expect(status).toBe(2);
  });

  test('logs that nobody reads to the end do no harm', async () => {
    const child = startSlipway(['logs', '1'], {
      cwd: repository.path,
      env: { SLIPWAY_HOME: repository.home },
    });
    child.stdout?.destroy();
    const [status] = await new Promise<[number | null]>((resolve) =>
      child.on('close', (code) => resolve([code])),
    );
    expect(status).toBe(0);
  });
});

test('a repository without runs is no mistake for runs, and one for logs', async () => {
  const repository = new GitRepository({ '.github/workflows/ci.yml': workflow });
  onTestFinished(() => repository.remove());
  expect(await slipway(repository, 'runs')).toMatchObject({
    status: 0,
    stdout: 'No run was made in this repository yet.\n',
  });
  const { status, stderr } = await slipway(repository, 'logs');
  expect(stderr).toContain('no run was made in this repository yet');
  expect(status).toBe(2);
});

test('a run whose journal is lost is still listed, and its logs are said to be missing', async () => {
  const repository = new GitRepository({ '.github/workflows/ci.yml': workflow });
  onTestFinished(() => repository.remove());
  await slipway(repository, 'run', '-j', 'good');
  rmSync(join(repository.path, '.slipway/runs/1/events.ndjson'));
  expect((await slipway(repository, 'runs')).stdout).toMatch(
    /^✓ 1 {2}push {2}push: \.github\/workflows\/ci\.yml/,
  );
  expect((await slipway(repository, 'logs')).status).toBe(2);
});
