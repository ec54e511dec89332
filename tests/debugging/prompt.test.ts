import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { GitRepository } from '../git-repository.ts';
import { noPseudoTerminal, PseudoTerminal } from '../pseudo-terminal.ts';
import { runSlipway } from '../slipway-process.ts';

const workflow = (jobs: string) => ({ '.github/workflows/ci.yml': `name: ci\non: push\njobs:\n${jobs}` });
const job = (id: string, steps: string) =>
  `  ${id}:\n    runs-on: ubuntu-latest\n    steps:\n${steps.replace(/^/gm, '      ')}\n`;

function repositoryWith(files: Record<string, string>): GitRepository {
  const repository = new GitRepository(files);
  onTestFinished(() => repository.remove());
  return repository;
}

function inTerminal({ path: cwd, home }: GitRepository, ...args: string[]): PseudoTerminal {
  return new PseudoTerminal(args, { cwd, env: { SLIPWAY_HOME: home } });
}

function logOf(repository: GitRepository, name = 'test'): string {
  return readFileSync(join(repository.path, `.slipway/runs/1/${name}.log`), 'utf8');
}

describe('at a terminal', { timeout: 120_000 }, () => {
  beforeEach((context) => {
    const reason = noPseudoTerminal();
    if (reason !== undefined) context.skip(reason);
  });

  test('a failed step waits, and is run again with what was edited in workflow and sources meanwhile', async () => {
    const steps = [
      '- uses: actions/checkout@v4',
      '- run: touch made-by-a-step',
      '- name: Check\n  run: grep -q good word.txt && ls made-by-a-step && echo "as it was"',
      '- run: echo old end',
    ].join('\n');
    const repository = repositoryWith({ ...workflow(job('test', steps)), 'word.txt': 'bad\n' });
    const terminal = inTerminal(repository, 'run', '--pause-on-failure');
    await terminal.shows("‖ test: step 3 'Check' failed");
    repository.write('word.txt', 'good\n');
    const edited = steps.replace('as it was', 'as it is').replace('old end', 'new end');
    repository.write('.github/workflows/ci.yml', workflow(job('test', edited))['.github/workflows/ci.yml']);
    await terminal.types('retry');
    await terminal.shows(
      'Copied into the workspace what was edited since: .github/workflows/ci.yml, word.txt',
    );
    await terminal.shows('The step has been edited');
    await terminal.shows('ci success');
    expect(await terminal.ended).toBe(0);
    expect(logOf(repository)).toMatch(
      /Running the step again\.[\s\S]*made-by-a-step\nas it is\n[\s\S]*\nnew end\n/,
    );
  });

  test('a file that has become invalid is said, and the step waits on', async () => {
    const repository = repositoryWith(workflow(job('test', '- run: exit 3')));
    const terminal = inTerminal(repository, 'run', '--pause-on-failure');
    await terminal.shows('failed');
    repository.write(
      '.github/workflows/ci.yml',
      workflow(job('test', '- ran: exit 0'))['.github/workflows/ci.yml'],
    );
    await terminal.types('retry');
    await terminal.shows(/\.github\/workflows\/ci\.yml:\d+:\d+: .*ran/);
    repository.write(
      '.github/workflows/ci.yml',
      workflow(job('test', '- run: exit 0'))['.github/workflows/ci.yml'],
    );
    await terminal.types('retry');
    expect(await terminal.ended).toBe(0);
  });

  test('a step that failed may stay so, or pass', async () => {
    const repository = repositoryWith(
      workflow(
        job(
          'test',
          '- run: exit 1\n- run: echo went on\n- run: exit 2\n- if: failure()\n  run: echo cleaned up',
        ),
      ),
    );
    const terminal = inTerminal(repository, 'run', '--pause-on-failure');
    await terminal.shows("step 1 'Run exit 1' failed");
    await terminal.types('pass');
    await terminal.shows("step 3 'Run exit 2' failed");
    await terminal.types('continue');
    expect(await terminal.ended).toBe(1);
    expect(logOf(repository)).toMatch(/went on\n[\s\S]*cleaned up\n/);
  });

  test('jobs that fail at the same time ask one after the other', async () => {
    const repository = repositoryWith(workflow(job('a', '- run: exit 1') + job('b', '- run: exit 1')));
    const terminal = inTerminal(repository, 'run', '--pause-on-failure', '--max-parallel', '2');
    const first = await terminal.shows(/‖ [ab]: step 1/);
    await terminal.types('p github.job');
    await terminal.shows(`\n${first.at(-9)}\n`);
    await terminal.types('pass');
    const second = await terminal.shows(/‖ [ab]: step 1/);
    expect(second.at(-9)).not.toBe(first.at(-9));
    await terminal.types('pass');
    expect(await terminal.ended).toBe(0);
  });

  test('a shell has the directory, the environment and the files of the step; what it sets outlives a retry', async () => {
    const repository = repositoryWith(
      workflow(
        job(
          'test',
          [
            '- run: mkdir sub && echo FROM_BEFORE=yes >> "$GITHUB_ENV"',
            '- run: test "$BY_HAND" = done',
            '  working-directory: sub',
            '  env: { OWN: own-value }',
          ].join('\n'),
        ),
      ),
    );
    const terminal = inTerminal(repository, 'run', '--pause-on-failure');
    await terminal.types('shell');
    await terminal.shows('slipway:test$ ');
    terminal.send('echo "<${PWD##*/} $FROM_BEFORE $OWN $GITHUB_JOB>"\r');
    await terminal.shows('<sub yes own-value test>');
    terminal.send('echo BY_HAND=done >> "$GITHUB_ENV"; exit\r');
    await terminal.types('retry');
    expect(await terminal.ended).toBe(0);
  });

  test('jobs are held before steps, one after the other; contexts can be looked at, secrets not', async () => {
    const repository = repositoryWith(
      workflow(
        job(
          'test',
          '- run: echo one\n- id: two\n  run: echo word=hello >> "$GITHUB_OUTPUT"\n- name: Third step\n  run: echo three',
        ),
      ),
    );
    const terminal = inTerminal(repository, 'run', '--break-before', 'test.two', '-s', 'TOKEN=hunter22');
    await terminal.shows('‖ test: step 2 \'Run echo word=hello >> "$GITHUB_OUTPUT"\' is next');
    await terminal.types('p steps');
    await terminal.shows('{}');
    await terminal.types("p ${{ format('{0}!', secrets.TOKEN) }}");
    await terminal.shows('***!');
    await terminal.types('p github.nonsense(');
    await terminal.shows(/\n.*github\.nonsense/);
    await terminal.types('next');
    await terminal.shows("step 3 'Third step' is next");
    await terminal.types('p steps.two.outputs.word');
    await terminal.shows('\nhello\n');
    await terminal.types('where');
    await terminal.shows('.github/workflows/ci.yml:10');
    await terminal.types('x runner');
    await terminal.shows('"tool_cache"');
    await terminal.types('continue');
    expect(await terminal.ended).toBe(0);
    expect(terminal.output).not.toContain('hunter22!');
  });

  test('a job alone stands for its first step that runs, a number for a step of the file', async () => {
    const repository = repositoryWith(
      workflow(job('test', '- if: false\n  run: echo one\n- run: echo two\n- run: echo three')),
    );
    const terminal = inTerminal(repository, 'run', '--break-before', 'test', '--break-before', 'test.3');
    await terminal.shows("step 2 'Run echo two' is next");
    await terminal.types('c');
    await terminal.shows("step 3 'Run echo three' is next");
    await terminal.types('c');
    expect(await terminal.ended).toBe(0);
  });

  test('Ctrl-C at the prompt cancels the run; steps with always() still run', async () => {
    const repository = repositoryWith(
      workflow(job('test', '- run: exit 1\n- run: echo never\n- if: always()\n  run: echo cleaned up')),
    );
    const terminal = inTerminal(repository, 'run', '--pause-on-failure');
    await terminal.shows('slipway> ');
    terminal.send('\x03');
    expect(await terminal.ended).toBe(130);
    expect(logOf(repository)).toContain('\ncleaned up\n');
    expect(logOf(repository)).not.toContain('\nnever\n');
  });

  test('stop ends the run, also before a step, which does not run then', async () => {
    const repository = repositoryWith(workflow(job('test', '- run: echo never')));
    const terminal = inTerminal(repository, 'run', '--break-before', 'test');
    await terminal.types('stop');
    expect(await terminal.ended).toBe(130);
    expect(logOf(repository)).not.toContain('\nnever\n');
  });

  test('a held run that is killed is swept by the next command', async () => {
    const repository = repositoryWith(
      workflow(job('test', '- run: echo $PPID > "$PID_FILE"; sleep 1000 & exit 1')),
    );
    const file = join(repository.home, 'pid');
    const terminal = inTerminal(repository, 'run', '--pause-on-failure', '--env', `PID_FILE=${file}`);
    await terminal.shows('slipway> ');
    process.kill(Number(readFileSync(file, 'utf8')), 'SIGKILL');
    await terminal.ended;
    const { stderr } = await runSlipway(['plan'], {
      cwd: repository.path,
      env: { SLIPWAY_HOME: repository.home },
    });
    expect(stderr).toMatch(
      /Run 1 .* was interrupted; \d+ of its processes were still there and have been ended/,
    );
  });
});

describe('without a terminal', () => {
  const repository = () => repositoryWith(workflow(job('test', '- id: build\n  run: exit 1')));

  test.each([
    [['--pause-on-failure'], '--pause-on-failure needs a terminal to ask at, and there is none'],
    [['--break-before', 'test'], '--break-before needs a terminal to ask at, and there is none'],
    [['--pause-on-failure', '--json'], '--pause-on-failure asks at the terminal, which --json fills'],
  ])('%j is refused before anything runs', async (args, message) => {
    const { path: cwd, home } = repository();
    const { status, stderr } = await runSlipway(['run', ...args], { cwd, env: { SLIPWAY_HOME: home } });
    expect(stderr).toContain(message);
    expect(status).toBe(2);
  });
});

test('a breakpoint that nothing can reach is refused, and the nearest is named', async (context) => {
  const reason = noPseudoTerminal();
  if (reason !== undefined) context.skip(reason);
  const repository = repositoryWith(workflow(job('test', '- id: build\n  run: exit 1')));
  const terminal = inTerminal(repository, 'run', '--break-before', 'test.biuld', '--break-before', 'tset');
  await terminal.shows("--break-before test.biuld: the job has no step 'biuld'");
  await terminal.shows('Did you mean build?');
  await terminal.shows("--break-before tset: no job 'tset' would run");
  expect(await terminal.ended).toBe(2);
});
