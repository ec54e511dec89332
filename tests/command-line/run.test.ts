import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { GitRepository } from '../git-repository.ts';
import { runSlipway, type SlipwayResult } from '../slipway-process.ts';

const timeout = 120_000;

function job(steps: string, more = ''): string {
  return `    runs-on: ubuntu-latest\n${more}    steps:\n${steps
    .trim()
    .split('\n')
    .map((line) => `      ${line}\n`)
    .join('')}`;
}

const passing = `name: CI\non: push\njobs:\n  build:\n${job('- run: echo "hello from $GITHUB_REF_NAME"')}`;

describe('slipway run', () => {
  let repository: GitRepository;
  beforeEach(() => {
    repository = new GitRepository({ '.github/workflows/ci.yml': passing });
  });
  afterEach(() => repository.remove());

  function run(...args: string[]): Promise<SlipwayResult> {
    return runIn({}, ...args);
  }

  function runIn(env: NodeJS.ProcessEnv, ...args: string[]): Promise<SlipwayResult> {
    return runSlipway(['run', ...args], {
      cwd: repository.path,
      env: { SLIPWAY_HOME: repository.home, NO_COLOR: undefined, FORCE_COLOR: undefined, ...env },
    });
  }

  const write = (text: string, name = 'ci.yml') => repository.write(`.github/workflows/${name}`, text);

  it('does what a push would do and keeps the logs', { timeout }, async () => {
    const result = await run();
    expect(result, result.stderr).toMatchObject({ status: 0, stderr: '' });
    expect(result.stdout).toContain('== CI / build\n');
    expect(result.stdout).toContain('\nhello from main\n');
    expect(result.stdout).toMatch(/✓ CI success in \d+\.\ds\n {2}✓ build {2}\d+\.\ds\n$/);
    const kept = join(repository.path, '.slipway/runs/1');
    expect(readFileSync(join(kept, 'build.log'), 'utf8')).toContain('hello from main');
    expect(repository.git('status', '--porcelain')).toBe('');
    expect(readdirSync(join(repository.home, 'work'))).toEqual([]);
  });

  it('fails with the step that failed', { timeout }, async () => {
    write(`name: CI\non: push\njobs:\n  build:\n${job('- name: Break\n  run: echo oops; exit 3')}`);
    const result = await run();
    expect(result.status).toBe(1);
    expect(result.stdout).toContain('Process completed with exit code 3');
    expect(result.stdout).toMatch(/✗ build.*\n(?: {4}error: .*\n)? {4}failed: Break/);
  });

  it('prints JSON objects, the summary last', { timeout }, async () => {
    const result = await run('--json');
    const objects = result.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(objects.at(-1)).toEqual({
      kind: 'summary',
      conclusion: 'success',
      runs: [
        {
          workflow: '.github/workflows/ci.yml',
          name: 'CI',
          conclusion: 'success',
          jobs: [{ id: 'build', name: 'build', conclusion: 'success', durationMs: expect.any(Number) }],
        },
      ],
    });
    const logs = objects.filter(({ event }) => event?.kind === 'step.log').map(({ event }) => event.text);
    expect(logs.join('')).toContain('hello from main\n');
  });

  it('takes secrets, variables and environment, and masks the secrets', { timeout }, async () => {
    write(
      `on: push\njobs:\n  build:\n${job(`
- run: |
    echo "typed $TYPED, stolen $STOLEN, filed $FILED, var $VAR, env $FROM_ENV"
    [ "$TYPED $STOLEN $FILED" = "first-secret second-secret third-secret" ]
  env:
    TYPED: \${{ secrets.TYPED }}
    STOLEN: \${{ secrets.STOLEN }}
    FILED: \${{ secrets.FILED }}
    VAR: \${{ vars.SIZE }}`)}`,
    );
    repository.write('secrets.env', 'FILED="third-secret"\n');
    const result = await runIn(
      { STOLEN: 'second-secret' },
      ...['-s', 'TYPED=first-secret', '-s', 'STOLEN', '--secret-file', 'secrets.env'],
      ...['--var', 'SIZE=large', '--env', 'FROM_ENV=outside'],
    );
    expect(result.status, result.stdout + result.stderr).toBe(0);
    expect(result.stdout).toContain('typed ***, stolen ***, filed ***, var large, env outside\n');
  });

  it('runs only the jobs that are asked for, and what they need', { timeout }, async () => {
    write(
      `on: push\njobs:\n  a:\n${job('- run: echo is-a')}  b:\n${job('- run: echo is-b', '    needs: a\n')}  c:\n${job('- run: echo is-c')}`,
    );
    const result = await run('-j', 'b');
    expect(result.status).toBe(0);
    expect(result.stdout).toContain('is-a\n');
    expect(result.stdout).toContain('is-b\n');
    expect(result.stdout).not.toContain('is-c');
  });

  it('skips a job whose label nothing here serves, says so, and can be told to fail', {
    timeout,
  }, async () => {
    write(`on: push\njobs:\n  other:\n    runs-on: windows-latest\n    steps:\n      - run: echo no\n`);
    const skipped = await run();
    expect(skipped.status).toBe(0);
    expect(skipped.stdout).toContain('nothing here serves the label windows-latest');
    expect((await run('--fail-on-skip')).status).toBe(1);
    expect((await run('--runner', 'windows-latest=host')).stdout).toContain('\nno\n');
  });

  it('refuses a label that nobody knows, unless it is said what serves it', { timeout }, async () => {
    write(passing.replace('ubuntu-latest', 'ubuntu-lastest'));
    const refused = await run();
    expect(refused.status).toBe(2);
    expect(refused.stdout).toBe('');
    expect(refused.stderr).toMatch(
      /^\.github\/workflows\/ci\.yml:\d+:14: error: .*`ubuntu-lastest`.*\n {2}Did you mean `ubuntu-latest`\?/,
    );
    expect((await run('--runner', 'ubuntu-lastest=host')).status).toBe(0);
  });

  it('runs the workflows that follow a finished one, unless told not to', { timeout }, async () => {
    write(
      `name: After\non:\n  workflow_run:\n    workflows: [CI]\n    types: [completed]\njobs:\n  report:\n${job(
        '- run: echo "followed $NAME with $RESULT on $BRANCH"\n  env:\n    NAME: ${{ github.event.workflow_run.name }}\n    RESULT: ${{ github.event.workflow_run.conclusion }}\n    BRANCH: ${{ github.event.workflow_run.head_branch }}',
      )}`,
      'after.yml',
    );
    const result = await run();
    expect(result.status, result.stdout + result.stderr).toBe(0);
    expect(result.stdout).toContain('followed CI with success on main\n');
    expect((await run('--no-follow')).stdout).not.toContain('followed');
  });

  it('compares paths with what the last commit and the working tree change', { timeout }, async () => {
    write(passing.replace('on: push', 'on:\n  push:\n    paths: [src/**]'));
    repository.commit('only the workflow');
    const untouched = await run();
    expect(untouched.status).toBe(0);
    expect(untouched.stderr).toContain('No workflow runs on push.');
    repository.write('src/new.txt', 'not even added');
    expect((await run()).stdout).toContain('hello from main');
  });

  it('gives a dispatch its inputs', { timeout }, async () => {
    write(
      `on:\n  workflow_dispatch:\n    inputs:\n      level: { type: number, default: 1 }\n      name: { type: string, required: true }\njobs:\n  build:\n${job('- run: echo "level ${{ inputs.level }} for ${{ github.event.inputs.name }}"')}`,
    );
    expect((await run('workflow_dispatch', '-i', 'name=me', '-i', 'level=7')).stdout).toContain(
      'level 7 for me\n',
    );
    const missing = await run('workflow_dispatch');
    expect(missing.status).toBe(2);
    expect(missing.stderr).toContain("The input 'name' is required");
  });

  it('runs two commands at once in one repository, each in its own place', { timeout }, async () => {
    const results = await Promise.all([run(), run(), run()]);
    expect(results.map(({ status }) => status)).toEqual([0, 0, 0]);
    expect(readdirSync(join(repository.path, '.slipway/runs')).sort()).toEqual(['1', '2', '3']);
  });

  it.each([
    [
      'an unknown option',
      ['--fial-on-skip'],
      /unknown option --fial-on-skip\n {2}Did you mean --fail-on-skip\?/,
    ],
    ['an unknown event', ['psuh'], /There is no event 'psuh'\n {2}Did you mean 'push'\?/],
    ['an unknown job', ['-j', 'biuld'], /No workflow that this event starts has a job 'biuld'/],
    ['an input without a dispatch', ['-i', 'a=b'], /push has no inputs/],
    [
      'a secret that is nowhere',
      ['-s', 'SLIPWAY_NO_SUCH'],
      /the environment has no variable SLIPWAY_NO_SUCH/,
    ],
    ['a missing workflow', ['-W', 'no/such.yml'], /no\/such\.yml: no workflow file there/],
    ['a missing event file', ['-e', 'no.json'], /--event-file no\.json: ENOENT/],
    ['a ref that git would refuse', ['--ref', 'a b'], /--ref 'a b' is no name/],
    ['no number of jobs', ['--max-parallel', '0'], /--max-parallel '0' is no number/],
    ['a runner target that is none', ['--runner', 'x=vm'], /--runner x=vm: neither a host nor an image/],
    ['an unknown executor', ['--executor', 'dokcer'], /--executor 'dokcer' is unknown/],
  ])('refuses %s before anything runs', { timeout }, async (_, args, message) => {
    const result = await run(...args);
    expect(result.stderr).toMatch(message);
    expect(result).toMatchObject({ status: 2, stdout: '' });
    expect(existsSync(join(repository.path, '.slipway'))).toBe(false);
  });

  it('refuses an invalid workflow with file, line, column and what to do', { timeout }, async () => {
    write('on: push\njobs:\n  build:\n    runs-on: ubuntu-latest\n    stepz: []\n');
    const result = await run();
    expect(result.status).toBe(2);
    expect(result.stderr).toMatch(
      /^\.github\/workflows\/ci\.yml:5:5: error: .*stepz.*\n {2}Did you mean `steps`\?/m,
    );
    expect(existsSync(join(repository.path, '.slipway'))).toBe(false);
  });

  it('refuses to start outside of a repository and before the first commit', { timeout }, async () => {
    const env = { SLIPWAY_HOME: repository.home };
    const outside = await runSlipway(['run'], { cwd: '/', env });
    expect(outside.status).toBe(2);
    expect(outside.stderr).toContain('is in no git repository');
    repository.git('checkout', '--quiet', '--orphan', 'empty');
    const empty = await run();
    expect(empty.status).toBe(2);
    expect(empty.stderr).toContain('has no commit yet');
  });
});
