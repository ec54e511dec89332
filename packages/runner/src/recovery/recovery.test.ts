import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { closeRunDirectory, openRunDirectory, type RunDirectory } from './run-directory.ts';
import { sweepInterrupted } from './sweep.ts';

let root: string;
let repositoryRoot: string;
let slipwayHome: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'slipway-recovery-'));
  repositoryRoot = join(root, 'repository');
  slipwayHome = join(root, 'home');
  mkdirSync(repositoryRoot);
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
});

const open = () =>
  openRunDirectory({ repositoryRoot, slipwayHome, description: 'push: ci.yml', now: Date.now() });
const sweep = () => sweepInterrupted({ slipwayHome, now: Date.now() });
const runRecord = (run: { path: string }) => JSON.parse(readFileSync(join(run.path, 'run.json'), 'utf8'));

/** Another process that opens a run, starts a child that carries its tracking id, and waits to be killed. */
async function startOwner(): Promise<{ owner: ChildProcess; run: RunDirectory; childPid: number }> {
  const module = new URL('./run-directory.ts', import.meta.url).href;
  const script = `
    const { spawn } = await import('node:child_process');
    const { openRunDirectory } = await import(${JSON.stringify(module)});
    const run = openRunDirectory(${JSON.stringify({ repositoryRoot, slipwayHome, description: 'push: ci.yml', now: Date.now() })});
    const env = { ...process.env, RUNNER_TRACKING_ID: run.trackingPrefix + '_1' };
    const child = spawn('sleep', ['600'], { env, stdio: 'ignore', detached: true });
    child.once('spawn', () => console.log(JSON.stringify({ run, childPid: child.pid })));
    setInterval(() => {}, 1000);`;
  const owner = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void owner.kill('SIGKILL'));
  const [text] = (await once(owner.stdout!, 'data')) as [Buffer];
  return { owner, ...JSON.parse(text.toString()) };
}

async function kill(owner: ChildProcess): Promise<void> {
  owner.kill('SIGKILL');
  await once(owner, 'exit');
}

function isAlive(pid: number): boolean {
  return (
    spawnSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' })
      .stdout.trim()
      .match(/^[^Z]/) !== null
  );
}

describe('openRunDirectory', () => {
  test('numbers the runs of a repository from one and keeps them out of git', () => {
    spawnSync('git', ['init', '-q', repositoryRoot]);
    const runs = [open(), open()];
    expect(runs.map(({ number }) => number)).toEqual([1, 2]);
    expect(runs[0]?.path).toBe(join(repositoryRoot, '.slipway', 'runs', '1'));
    expect(runRecord(runs[0]!)).toMatchObject({ number: 1, status: 'running', description: 'push: ci.yml' });
    expect(
      spawnSync('git', ['-C', repositoryRoot, 'status', '--porcelain'], { encoding: 'utf8' }).stdout,
    ).toBe('');
  });

  test('gives processes that start at once different numbers and ids', async () => {
    const owners = await Promise.all(Array.from({ length: 6 }, startOwner));
    const numbers = owners.map(({ run }) => run.number).sort((a, b) => a - b);
    expect(numbers).toEqual([1, 2, 3, 4, 5, 6]);
    expect(new Set(owners.map(({ run }) => run.runId)).size).toBe(6);
    for (const { owner } of owners) await kill(owner);
    expect(await sweep()).toHaveLength(6);
  });

  test.each(['', 'nonsense', '1'])('goes on after the highest run when the counter says %j', (counter) => {
    for (const _ of [1, 2, 3]) open();
    writeFileSync(join(repositoryRoot, '.slipway', 'next-run'), counter);
    expect(open().number).toBe(4);
  });

  test('a folder that can’t be written to is named with what to do, and nothing is left', (ctx) => {
    if (process.getuid?.() === 0) ctx.skip('root may write everywhere');
    chmodSync(repositoryRoot, 0o555);
    expect(open).toThrow(/\.slipway can't be written to: give this user the right to/);
  });

  test('a file in the place of a folder is named, and the number is free again', () => {
    writeFileSync(slipwayHome, '');
    expect(open).toThrow(/is needed as a folder, but a file has that name: move it away/);
    expect(readdirSync(join(repositoryRoot, '.slipway', 'runs'))).toEqual([]);
  });

  test('a full disk is an error before anything starts, and leaves no half-written record', (ctx) => {
    const disk = join(root, 'disk');
    mkdirSync(disk);
    const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', disk]);
    if (mounted.status !== 0) ctx.skip('mounting a small file system needs root');
    onTestFinished(() => void spawnSync('umount', [disk]));
    slipwayHome = join(disk, 'home');
    const first = open();
    spawnSync('dd', ['if=/dev/zero', `of=${join(disk, 'filler')}`, 'bs=1k']);
    expect(open).toThrow(/is full: free some space/);
    expect(readdirSync(join(slipwayHome, 'active'))).toEqual([first.activeRecord.split('/').at(-1)]);
    expect(readdirSync(join(slipwayHome, 'work'))).toEqual([first.runId]);
    closeRunDirectory(first, 'success', Date.now());
    expect(readdirSync(join(slipwayHome, 'active'))).toEqual([]);
  });
});

describe('closeRunDirectory', () => {
  test('keeps the record and removes the work, read-only folders too', () => {
    const run = open();
    mkdirSync(join(run.workDirectory, 'module'));
    writeFileSync(join(run.workDirectory, 'module', 'file'), '');
    chmodSync(join(run.workDirectory, 'module'), 0o555);
    closeRunDirectory(run, 'failure', Date.now());
    expect(existsSync(run.workDirectory)).toBe(false);
    expect(runRecord(run)).toMatchObject({ status: 'finished', conclusion: 'failure' });
    expect(readdirSync(join(slipwayHome, 'active'))).toEqual([]);
  });

  test('does not mind that the repository is gone', () => {
    const run = open();
    rmSync(repositoryRoot, { recursive: true });
    closeRunDirectory(run, 'success', Date.now());
    expect(readdirSync(join(slipwayHome, 'active'))).toEqual([]);
  });
});

describe('sweepInterrupted', () => {
  test('finds nothing on a machine where Slipway has never run', async () => {
    expect(await sweep()).toEqual([]);
    expect(existsSync(slipwayHome)).toBe(false);
  });

  test('ends what a killed run has left, removes its work, marks it, and tells it once', async () => {
    const { owner, run, childPid } = await startOwner();
    const outside = join(tmpdir(), `${run.trackingPrefix}_1-db-x`);
    mkdirSync(outside);
    await kill(owner);
    expect(isAlive(childPid)).toBe(true);
    expect(await sweep()).toEqual([
      {
        runId: run.runId,
        endedProcesses: 1,
        leftovers: [],
        run: { number: 1, repositoryRoot, description: 'push: ci.yml', startedAt: expect.any(Number) },
      },
    ]);
    expect(isAlive(childPid)).toBe(false);
    expect(existsSync(run.workDirectory)).toBe(false);
    expect(existsSync(outside)).toBe(false);
    expect(runRecord(run)).toMatchObject({ status: 'interrupted' });
    expect(await sweep()).toEqual([]);
  });

  test('leaves runs alone that are under way', async () => {
    const { owner, run, childPid } = await startOwner();
    open();
    expect(await sweep()).toEqual([]);
    expect(isAlive(childPid)).toBe(true);
    expect(existsSync(run.workDirectory)).toBe(true);
    await kill(owner);
    await sweep();
  });

  test('is not deceived by a process that has got the dead owner’s id', async () => {
    const { owner, run, childPid } = await startOwner();
    await kill(owner);
    const record = JSON.parse(readFileSync(run.activeRecord, 'utf8'));
    record.owner.pid = process.pid;
    writeFileSync(run.activeRecord, JSON.stringify(record));
    expect(await sweep()).toHaveLength(1);
    expect(isAlive(childPid)).toBe(false);
  });

  test('cleans up after a record that is damaged, and is not blocked by foreign files', async () => {
    const { owner, run, childPid } = await startOwner();
    writeFileSync(join(slipwayHome, 'active', 'notes.txt'), 'hello');
    truncateSync(run.activeRecord, 10);
    expect(await sweep()).toEqual([]);
    await kill(owner);
    expect(await sweep()).toEqual([{ runId: run.runId, endedProcesses: 1, leftovers: [] }]);
    expect(isAlive(childPid)).toBe(false);
    expect(existsSync(run.workDirectory)).toBe(false);
  });

  test('several sweeps at once report a run once', async () => {
    const { owner } = await startOwner();
    await kill(owner);
    const reports = await Promise.all([sweep(), sweep(), sweep()]);
    expect(reports.flat()).toHaveLength(1);
  });

  test('a record of another container or machine is left alone', async () => {
    const run = open();
    const record = JSON.parse(readFileSync(run.activeRecord, 'utf8'));
    record.owner = { ...record.owner, pid: 1, namespace: 'pid:[1]', bootId: 'elsewhere' };
    writeFileSync(run.activeRecord, JSON.stringify(record));
    expect(await sweep()).toEqual([]);
    const later = statSync(run.activeRecord).mtimeMs + 8 * 24 * 60 * 60_000;
    expect(await sweepInterrupted({ slipwayHome, now: later })).toHaveLength(1);
  });
});
