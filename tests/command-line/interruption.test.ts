import { type ChildProcess, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, watch } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { GitRepository } from '../git-repository.ts';
import { resultOf, runSlipway, startSlipway } from '../slipway-process.ts';

const timeout = 120_000;

/** The shell and what it starts write their process ids where the test finds them, then wait for ever. */
const workflow = `name: CI
on: push
jobs:
  wait:
    runs-on: ubuntu-latest
    steps:
      - name: Wait
        run: |
          sleep 600 &
          echo "$$ $!" > "$MARK.new"
          mv "$MARK.new" "$MARK"
          wait
      - name: Clean up
        if: always()
        run: echo cleaned up
      - name: Go on
        run: echo gone on
`;

describe('a run that is interrupted', () => {
  let repository: GitRepository;
  let mark: string;
  beforeEach(() => {
    repository = new GitRepository({ '.github/workflows/ci.yml': workflow });
    mark = join(repository.home, 'mark');
  });
  afterEach(() => repository.remove());

  function start(): ChildProcess {
    return startSlipway(['run', '--env', `MARK=${mark}`], {
      cwd: repository.path,
      env: { SLIPWAY_HOME: repository.home },
    });
  }

  /** The ids of the step's processes, once it runs. */
  async function running(): Promise<number[]> {
    if (!existsSync(mark)) {
      await new Promise<void>((resolve) => {
        const watcher = watch(repository.home, () => {
          if (!existsSync(mark)) return;
          watcher.close();
          resolve();
        });
        if (existsSync(mark)) {
          watcher.close();
          resolve();
        }
      });
    }
    return readFileSync(mark, 'utf8').trim().split(' ').map(Number);
  }

  /** A dead process that its parent has not collected yet is dead. */
  function alive(pids: readonly number[]): number[] {
    const listed = spawnSync('ps', ['-o', 'pid=,stat=', '-p', pids.join(',')], { encoding: 'utf8' }).stdout;
    return pids.filter((pid) => new RegExp(`^\\s*${pid}\\s+[^Z\\s]`, 'm').test(listed));
  }

  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
    'by %s is cancelled: cleaning steps run, others do not, nothing stays, status 130',
    { timeout },
    async (signal) => {
      const child = start();
      const ended = resultOf(child);
      const pids = await running();
      child.kill(signal);
      const { status, stdout } = await ended;
      expect(status, stdout).toBe(130);
      expect(stdout).toContain('\ncleaned up\n');
      expect(stdout).not.toContain('\ngone on\n');
      expect(stdout).toContain('■ wait');
      expect(alive(pids)).toEqual([]);
    },
  );

  it('twice is killed: no further step runs and nothing stays', { timeout }, async () => {
    repository.write(
      '.github/workflows/ci.yml',
      workflow.replace(
        'wait\n      - name: Clean',
        `trap '' INT TERM\n          while :; do sleep 1; done\n      - name: Clean`,
      ),
    );
    const child = start();
    const ended = resultOf(child);
    const pids = await running();
    child.kill('SIGINT');
    // The second signal would be lost if it came before the first was taken.
    await new Promise<void>((resolve) => {
      child.stdout?.on('data', (text: string) => {
        if (text.includes('Cancelling')) resolve();
      });
    });
    child.kill('SIGINT');
    const { status, stdout } = await ended;
    expect(status, stdout).toBe(130);
    expect(stdout).not.toContain('\ncleaned up\n');
    expect(alive(pids)).toEqual([]);
  });

  it('by kill -9 is told of by the next command, which ends what was left', { timeout }, async () => {
    const child = start();
    const ended = resultOf(child);
    const pids = await running();
    child.kill('SIGKILL');
    await ended;
    expect(alive(pids)).toEqual(pids);
    repository.write(
      '.github/workflows/ci.yml',
      'on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - run: echo fine\n',
    );
    const next = await runSlipway(['run'], { cwd: repository.path, env: { SLIPWAY_HOME: repository.home } });
    expect(next.status, next.stderr).toBe(0);
    expect(next.stdout).toMatch(
      /Run 1 \(push: \.github\/workflows\/ci\.yml\) was interrupted; \d+ of its processes/,
    );
    expect(next.stdout).toContain('\nfine\n');
    expect(alive(pids)).toEqual([]);
    const silent = await runSlipway(['plan'], {
      cwd: repository.path,
      env: { SLIPWAY_HOME: repository.home },
    });
    expect(silent.stderr).toBe('');
  });

  it('by a reader that goes away is cancelled', { timeout }, async () => {
    const child = start();
    const ended = new Promise((resolve) => child.on('exit', resolve));
    const pids = await running();
    child.stdout?.destroy();
    // What is printed next finds no reader.
    child.kill('SIGINT');
    expect(await ended).toBe(130);
    expect(alive(pids)).toEqual([]);
  });

  it('by a reader that goes away while a step prints is cancelled', { timeout }, async () => {
    repository.write(
      '.github/workflows/ci.yml',
      workflow.replace(/ {10}wait\n/, '          while :; do echo line; done\n'),
    );
    const child = start();
    const ended = new Promise((resolve) => child.on('exit', resolve));
    const pids = await running();
    child.stdout?.destroy();
    expect(await ended).toBe(130);
    expect(alive(pids)).toEqual([]);
  });
});
