import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { GitRepository } from '../git-repository.ts';
import { runSlipway, type SlipwayResult } from '../slipway-process.ts';

const ci = '.github/workflows/ci.yml';

function repositoryWith(files: Record<string, string>): GitRepository {
  const repository = new GitRepository(files);
  onTestFinished(() => repository.remove());
  return repository;
}

function slipway({ path: cwd, home }: GitRepository, ...args: string[]): Promise<SlipwayResult> {
  return runSlipway(args, { cwd, env: { SLIPWAY_HOME: home } });
}

function steps(...list: string[]): string {
  const body = list.map((step) => step.replace(/^/gm, '      ')).join('\n');
  return `name: ci\non: push\njobs:\n  test:\n    runs-on: ubuntu-latest\n    env: { JOB: of-job }\n    steps:\n${body}\n`;
}

/** The job that fails at its third step, `Check`, until word.txt is good. */
const failing = [
  '- uses: actions/checkout@v4',
  [
    '- id: prepare',
    '  run: |',
    '    echo "prepared in attempt $GITHUB_RUN_ATTEMPT"',
    '    touch built',
    '    echo "VARIABLE=from prepare" >> "$GITHUB_ENV"',
    '    echo "WITH_SECRET=<${{ secrets.KEY }}>" >> "$GITHUB_ENV"',
    '    echo "/some/where" >> "$GITHUB_PATH"',
    '    echo "word=hello" >> "$GITHUB_OUTPUT"',
  ].join('\n'),
  [
    '- name: Check',
    '  run: |',
    '    pwd > "$RUNNER_TEMP/../where"',
    '    echo "[$VARIABLE, $JOB, ${#WITH_SECRET}, ${PATH%%:*}, ${{ steps.prepare.outputs.word }}, $(ls built)]"',
    '    grep good word.txt',
  ].join('\n'),
  '- name: Last\n  run: echo "last in attempt $GITHUB_RUN_ATTEMPT"',
];

describe('slipway rerun --from-step', { timeout: 120_000 }, () => {
  test('goes on where the job failed, in its workspace, with variables, PATH, outputs and edits', async () => {
    const repository = repositoryWith({ [ci]: steps(...failing), 'word.txt': 'bad' });
    expect((await slipway(repository, 'run', '-s', 'KEY=first-key')).status).toBe(1);
    expect(secretsIn(repository, 'first-key')).toBe('');
    repository.write('word.txt', 'good');
    repository.write(
      ci,
      steps(...failing)
        .replace('of-job', 'edited')
        .replace('last in', 'LAST in'),
    );
    const { stdout, status } = await slipway(repository, 'rerun', '--from-step', 'Check', '-s', 'KEY=other');
    expect(stdout).toContain('[from prepare, edited, 7, /some/where, hello, built]');
    expect(stdout).toContain(
      'Copied what was edited in the repository since: .github/workflows/ci.yml, word.txt',
    );
    expect(stdout).toContain('LAST in attempt 2');
    expect(stdout).not.toContain('prepared in');
    expect(status).toBe(0);
    expect(leftovers(repository)).toEqual([]);
  });

  test('as often as it takes: a job that fails again is kept again', async () => {
    const repository = repositoryWith({ [ci]: steps(...failing), 'word.txt': 'bad' });
    await slipway(repository, 'run');
    expect((await slipway(repository, 'rerun', '--from-step', '3')).status).toBe(1);
    repository.write('word.txt', 'good');
    const { stdout, status } = await slipway(repository, 'rerun', '--from-step', '3');
    expect(stdout).toContain('last in attempt 3');
    expect(status).toBe(0);
  });

  test('post stages of actions before the step have their state', async () => {
    const action = {
      '.github/actions/stateful/action.yml':
        'name: stateful\nruns: { using: node24, main: main.js, post: post.js }\n',
      '.github/actions/stateful/main.js':
        "require('fs').appendFileSync(process.env.GITHUB_STATE, 'kept=by main in ' + process.env.GITHUB_RUN_ATTEMPT + '\\n')",
      '.github/actions/stateful/post.js':
        "console.log('post of attempt', process.env.GITHUB_RUN_ATTEMPT, process.env.STATE_kept)",
    };
    const list = [
      '- uses: actions/checkout@v4',
      '- uses: ./.github/actions/stateful',
      '- id: check\n  run: grep good word.txt',
    ];
    const repository = repositoryWith({ [ci]: steps(...list), 'word.txt': 'bad', ...action });
    await slipway(repository, 'run');
    repository.write('word.txt', 'good');
    const { stdout } = await slipway(repository, 'rerun', '--from-step', 'check');
    expect(stdout).toContain('post of attempt 2 by main in 1');
  });

  test('before the step that failed only where copies were made', async () => {
    const repository = repositoryWith({ [ci]: steps(...failing), 'word.txt': 'bad' });
    await slipway(repository, 'run');
    const refused = await slipway(repository, 'rerun', '--from-step', 'prepare');
    expect(refused.status).toBe(2);
    expect(refused.stderr).toContain('is not kept, only as the job has left it');
    expect(refused.stderr).toContain("Go on from 'Check', which failed, or run it with --checkpoint");

    await slipway(repository, 'run', '--checkpoint');
    const again = await slipway(repository, 'rerun', '--from-step', 'prepare');
    expect(again.stdout).toContain('prepared in attempt 2');
    expect(again.stdout).not.toContain('Copying the working tree');
    repository.write('word.txt', 'good');
    expect((await slipway(repository, 'rerun', '--from-step', 'prepare')).stdout).toContain(
      'prepared in attempt 3',
    );
  });

  test('one leg of a matrix goes on; the others keep their results, and what needs it runs', async () => {
    const workflow = `on: push
jobs:
  test:
    strategy: { fail-fast: false, matrix: { n: [1, 2] } }
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - run: echo "beginning \${{ matrix.n }} in attempt $GITHUB_RUN_ATTEMPT"
      - run: test \${{ matrix.n }} = 1 || grep good word.txt
  end:
    needs: test
    runs-on: ubuntu-latest
    steps: [{ run: echo end in attempt $GITHUB_RUN_ATTEMPT }]
`;
    const repository = repositoryWith({ [ci]: workflow, 'word.txt': 'bad' });
    await slipway(repository, 'run');
    repository.write('word.txt', 'good');
    const { stdout, status } = await slipway(repository, 'rerun', '--from-step', '3');
    expect(stdout).not.toContain('beginning');
    expect(stdout).toContain('kept from attempt 1');
    expect(stdout).toContain('end in attempt 2');
    expect(status).toBe(0);
  });

  test.each([
    ['nothing', '--from-step nothing: the job test has no such step'],
    ['Chek', 'Did you mean Check?'],
  ])('an unknown step (%s) is refused', async (step, message) => {
    const repository = repositoryWith({ [ci]: steps(...failing), 'word.txt': 'bad' });
    await slipway(repository, 'run');
    const { status, stderr } = await slipway(repository, 'rerun', '--from-step', step);
    expect(stderr).toContain(message);
    expect(status).toBe(2);
  });

  test('a run without failed jobs keeps nothing, and says so', async () => {
    const repository = repositoryWith({ [ci]: steps(...failing), 'word.txt': 'good' });
    await slipway(repository, 'run');
    expect(existsSync(join(repository.home, 'kept'))).toBe(false);
    const { status, stderr } = await slipway(repository, 'rerun', '--from-step', 'Check');
    expect(stderr).toContain('nothing is kept of the jobs of run 1');
    expect(status).toBe(2);
  });

  test('what was masked during the job and is no secret of the run is not kept, which is said', async () => {
    const list = [
      '- uses: actions/checkout@v4',
      '- run: |\n    echo "::add-mask::hidden-value"\n    echo "HIDDEN=hidden-value" >> "$GITHUB_ENV"',
      '- id: check\n  run: grep good word.txt && echo "<$HIDDEN>"',
    ];
    const repository = repositoryWith({ [ci]: steps(...list), 'word.txt': 'bad' });
    await slipway(repository, 'run');
    expect(keptRecords(repository)).not.toContain('hidden-value');
    repository.write('word.txt', 'good');
    const { stdout } = await slipway(repository, 'rerun', '--from-step', 'check');
    expect(stdout).toContain('Not kept, because it holds what was masked: env.HIDDEN');
    expect(stdout).toContain('<>');
  });

  test('kept are the last three runs that have something to keep', async () => {
    const repository = repositoryWith({ [ci]: steps('- run: exit 1') });
    for (let run = 0; run < 4; run++) await slipway(repository, 'run');
    expect(readdirSync(join(repository.home, 'kept'))).toHaveLength(3);
  });
});

/** What of the kept records and recipes holds the text; '' if nothing does. */
function secretsIn({ home, path }: GitRepository, text: string): string {
  try {
    const places = [join(home, 'kept'), join(path, '.slipway')];
    return execFileSync(
      'grep',
      ['-rl', '--include=*.json', '--include=*.ndjson', '--include=*.log', text, ...places],
      {
        encoding: 'utf8',
      },
    );
  } catch {
    return '';
  }
}

function keptRecords({ home }: GitRepository): string {
  return execFileSync('sh', ['-c', 'cat kept/*/*.json'], { cwd: home, encoding: 'utf8' });
}

function leftovers({ home }: GitRepository): string[] {
  return ['kept', 'work', 'active'].flatMap((name) =>
    existsSync(join(home, name)) ? readdirSync(join(home, name)) : [],
  );
}
