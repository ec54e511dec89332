import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { GitRepository } from '../git-repository.ts';
import { runSlipway, type SlipwayResult } from '../slipway-process.ts';

const ci = '.github/workflows/ci.yml';

/** A repository whose workflows write what ran to a file, by attempt. */
function repositoryWith(files: Record<string, string>): GitRepository {
  const repository = new GitRepository(files);
  onTestFinished(() => repository.remove());
  return repository;
}

function slipway(
  { path: cwd, home }: GitRepository,
  args: string[],
  env: NodeJS.ProcessEnv = {},
): Promise<SlipwayResult> {
  return runSlipway(args, { cwd, env: { SLIPWAY_HOME: home, ...env } });
}

interface Summary {
  conclusion: string;
  runs: { jobs: { name: string; conclusion: string }[] }[];
}

function summaryOf({ stdout, stderr }: SlipwayResult): Record<string, string> & { run: string } {
  const last = stdout.trimEnd().split('\n').at(-1) ?? '';
  if (!last.startsWith('{')) throw new Error(`no summary: ${stdout}${stderr}`);
  const { conclusion, runs } = JSON.parse(last) as Summary;
  const jobs = runs.flatMap((run) => run.jobs.map((job) => [job.name, job.conclusion]));
  return { run: conclusion, ...Object.fromEntries(jobs) };
}

const three = `name: ci
on: push
jobs:
  build:
    runs-on: ubuntu-latest
    outputs: { made: "\${{ steps.make.outputs.made }}" }
    steps:
      - id: make
        run: echo "made=by-attempt-$GITHUB_RUN_ATTEMPT" >> "$GITHUB_OUTPUT"; echo building
  test:
    needs: build
    strategy: { fail-fast: false, matrix: { n: [1, 2] } }
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - run: 'echo "test \${{ matrix.n }}: \${{ needs.build.outputs.made }}, attempt $GITHUB_RUN_ATTEMPT"; test \${{ matrix.n }} = 1 || grep good word.txt'
  end:
    needs: test
    runs-on: ubuntu-latest
    steps:
      - run: echo "end of run $GITHUB_RUN_NUMBER, attempt $GITHUB_RUN_ATTEMPT"
  apart:
    runs-on: ubuntu-latest
    steps:
      - run: echo "apart, attempt $GITHUB_RUN_ATTEMPT"
`;

describe('slipway rerun', { timeout: 120_000 }, () => {
  test('--failed runs what failed and what needs it; the others keep results, outputs and logs', async () => {
    const repository = repositoryWith({ [ci]: three, 'word.txt': 'bad' });
    expect(summaryOf(await slipway(repository, ['run', '--json']))).toEqual({
      run: 'failure',
      build: 'success',
      'test (1)': 'success',
      'test (2)': 'failure',
      end: 'skipped',
      apart: 'success',
    });
    repository.write('word.txt', 'good');
    const again = await slipway(repository, ['rerun', '--failed', '--json']);
    expect(summaryOf(again)).toMatchObject({ run: 'success', 'test (1)': 'success', end: 'success' });
    expect(again.stdout).not.toContain('building');

    const { stdout } = await slipway(repository, ['logs']);
    expect(stdout).toContain('test 2: by-attempt-1, attempt 2');
    expect(stdout).toContain('test 1: by-attempt-1, attempt 1');
    expect(stdout).toContain('end of run 1, attempt 2');
    expect(stdout).toContain('apart, attempt 1');
    expect(stdout).toContain('building');
    const first = await slipway(repository, ['logs', '--attempt', '1', '-j', 'test (2)']);
    expect(first.stdout).toContain('test 2: by-attempt-1, attempt 1');
    const runs = await slipway(repository, ['runs']);
    expect(runs.stdout).toMatch(/✓ 1 {2}push {2}ci: first \(attempt 2\)/);
  });

  test('what an attempt has taken over, the next one can take over from it', async () => {
    const repository = repositoryWith({ [ci]: three, 'word.txt': 'bad' });
    await slipway(repository, ['run']);
    await slipway(repository, ['rerun', '--failed']);
    repository.write('word.txt', 'good');
    expect(summaryOf(await slipway(repository, ['rerun', '--failed', '--json']))).toMatchObject({
      run: 'success',
    });
    const { stdout } = await slipway(repository, ['logs']);
    expect(stdout).toContain('test 2: by-attempt-1, attempt 3');
    expect(stdout).toContain('building');
  });

  test('without a choice all of it runs again, with the event as it was and the files as they are', async () => {
    const workflow = (says: string) =>
      `on: workflow_dispatch\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - run: echo "<${says} \${{ github.event.inputs.x }} \${{ inputs.x }} \${{ vars.V }} $E $GITHUB_ACTOR $GITHUB_SHA>"\n`.replace(
        'on: workflow_dispatch',
        'on: { workflow_dispatch: { inputs: { x: { default: none } } } }',
      );
    const repository = repositoryWith({ [ci]: workflow('old') });
    const sha = repository.git('rev-parse', 'HEAD').trim();
    const options = ['-i', 'x=given', '--var', 'V=var', '--env', 'E=env', '--actor', 'someone'];
    await slipway(repository, ['run', 'workflow_dispatch', ...options]);
    repository.write(ci, workflow('new'));
    repository.commit('second');
    const { stdout, status } = await slipway(repository, ['rerun', '1']);
    expect(stdout).toContain(`<new given given var env someone ${sha}>`);
    expect(stdout).toContain(
      `Run 1, attempt 2: the same event, workflow files and sources as they are now; ${ci} was edited`,
    );
    expect(status).toBe(0);
  });

  test('--job runs one job with the results that its needs had, and what needs it', async () => {
    const repository = repositoryWith({ [ci]: three, 'word.txt': 'good' });
    await slipway(repository, ['run']);
    expect(summaryOf(await slipway(repository, ['rerun', '--job', 'test', '--json']))).toMatchObject({
      run: 'success',
    });
    const { stdout } = await slipway(repository, ['logs']);
    expect(stdout).toContain('test 1: by-attempt-1, attempt 2');
    expect(stdout).toContain('end of run 1, attempt 2');
    expect(stdout).toContain('apart, attempt 1');
  });

  test('reusable workflows are run again where they failed, with what they had from their caller', async () => {
    const repository = repositoryWith({
      [ci]: `on: push\njobs:\n  first:\n    runs-on: ubuntu-latest\n    steps: [{ run: echo first $GITHUB_RUN_ATTEMPT }]\n  call:\n    needs: first\n    uses: ./.github/workflows/called.yml\n  after:\n    needs: call\n    runs-on: ubuntu-latest\n    steps: [{ run: 'echo after \${{ needs.call.outputs.word }} $GITHUB_RUN_ATTEMPT' }]\n`,
      '.github/workflows/called.yml': `on:\n  workflow_call:\n    outputs: { word: { value: "\${{ jobs.good.outputs.word }}" } }\njobs:\n  good:\n    runs-on: ubuntu-latest\n    outputs: { word: "\${{ steps.w.outputs.w }}" }\n    steps: [{ id: w, run: 'echo w=attempt$GITHUB_RUN_ATTEMPT >> $GITHUB_OUTPUT' }]\n  bad:\n    runs-on: ubuntu-latest\n    steps: [{ uses: actions/checkout@v4 }, { run: test -f mended }]\n`,
    });
    expect(summaryOf(await slipway(repository, ['run', '--json']))).toMatchObject({
      'call / bad': 'failure',
      after: 'skipped',
    });
    repository.write('mended', '');
    expect(summaryOf(await slipway(repository, ['rerun', '--failed', '--json']))).toEqual({
      run: 'success',
      first: 'success',
      'call / good': 'success',
      'call / bad': 'success',
      after: 'success',
    });
    expect((await slipway(repository, ['logs', '-j', 'after'])).stdout).toContain('after attempt1 2');
  });

  test('secrets are kept nowhere: they come from where they came from, or must be given again', async () => {
    const repository = repositoryWith({
      [ci]: 'on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - run: echo "${#FROM_ENV} ${#TYPED} ${#FROM_FILE}"\n        env: { FROM_ENV: "${{ secrets.FROM_ENV }}", TYPED: "${{ secrets.TYPED }}", FROM_FILE: "${{ secrets.FROM_FILE }}" }\n',
    });
    const file = join(repository.home, 'secrets');
    repository.write('../home/secrets', 'FROM_FILE=four');
    const env = { FROM_ENV: 'one-value' };
    const options = ['-s', 'FROM_ENV', '-s', 'TYPED=typed-value', '--secret-file', file];
    await slipway(repository, ['run', ...options], env);
    const recipe = join(repository.path, '.slipway/runs/1/recipe.json');
    expect(readFileSync(recipe, 'utf8')).not.toMatch(/one-value|typed-value|four/);
    expect(statSync(recipe).mode & 0o777).toBe(0o600);

    const without = await slipway(repository, ['rerun']);
    expect(without.status).toBe(2);
    expect(without.stderr).toContain(
      'the secret FROM_ENV came from the environment, which has no variable FROM_ENV now',
    );
    expect(without.stderr).toContain('the secret TYPED was typed then, and secrets are not kept');
    expect(without.stderr).not.toContain('FROM_FILE');
    const given = await slipway(repository, ['rerun', '-s', 'TYPED=other'], env);
    expect(given.stdout).toContain('\n9 5 4\n');
  });

  test('jobs of other runs of the event that it needs are what they were', async () => {
    const repository = repositoryWith({
      '.github/workflows/a.yml': `on: push\njobs:\n  build:\n    runs-on: ubuntu-latest\n    outputs: { word: "\${{ steps.w.outputs.w }}" }\n    steps: [{ id: w, run: 'echo w=hello >> $GITHUB_OUTPUT' }]\n`,
      '.github/workflows/b.yml': `on: push\njobs:\n  deploy:\n    needs: build\n    runs-on: ubuntu-latest\n    steps: [{ run: 'echo "<\${{ needs.build.outputs.word }} $GITHUB_RUN_ATTEMPT>"' }]\n`,
    });
    await slipway(repository, ['run']);
    const { stdout } = await slipway(repository, ['rerun', '2']);
    expect(stdout).toContain('<hello 2>');
  });

  test('a run that was interrupted goes on with what had not ended', async () => {
    const repository = repositoryWith({ [ci]: three, 'word.txt': 'good' });
    await slipway(repository, ['run']);
    const journal = join(repository.path, '.slipway/runs/1/events.ndjson');
    const lines = readFileSync(journal, 'utf8').split('\n');
    const cut = lines.findIndex(
      (line) => line.includes('"jobKey":"test(1)"') && line.includes('job.finished'),
    );
    repository.write('.slipway/runs/1/events.ndjson', lines.slice(0, cut).join('\n'));
    await slipway(repository, ['rerun', '--failed']);
    const { stdout } = await slipway(repository, ['logs']);
    expect(stdout).toContain('test 2: by-attempt-1, attempt 2');
    expect(stdout).toContain('building');
  });

  test.each([
    [['rerun', '7'], 'there is no run 7 in this repository'],
    [['rerun', 'x'], "'x' is no number of a run"],
    [['rerun', '--failed'], 'no job of run 1 has failed'],
    [['rerun', '--job', 'tset'], '--job tset: the workflow has no such job'],
    [['rerun', '--job', 'test', '--failed'], '--failed and --job are given together'],
  ])('%j is refused, and no attempt is counted', async (args, message) => {
    const repository = repositoryWith({ [ci]: three, 'word.txt': 'good' });
    await slipway(repository, ['run']);
    const { status, stderr } = await slipway(repository, args);
    expect(stderr).toContain(message);
    expect(status).toBe(2);
    expect(existsSync(join(repository.path, '.slipway/runs/1/attempts'))).toBe(false);
  });

  test('a repository without a run has nothing to run again', async () => {
    const repository = repositoryWith({ [ci]: three });
    const { status, stderr } = await slipway(repository, ['rerun']);
    expect(stderr).toContain('no run was made in this repository yet');
    expect(status).toBe(2);
  });
});
