import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { identify, isAlive } from '../supervisor/process-tree.ts';
import { runShell } from './run-shell.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'slipway-shell-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const run = (command: string, change: { timeoutMs?: number; signal?: AbortSignal } = {}) =>
  runShell(command, {
    directory: folder,
    env: { PATH: process.env.PATH ?? '' },
    timeoutMs: 60_000,
    ...change,
  });

/** The process whose number the command has written, as it was then. */
const helper = () =>
  vi.waitFor(
    () => {
      const found = identify(Number(readFileSync(join(folder, 'pid'), 'utf8').trim() || 'none'));
      if (found === null) throw new Error('it has not begun');
      return found;
    },
    { timeout: 25_000, interval: 20 },
  );
const gone = (process: Awaited<ReturnType<typeof helper>>) =>
  vi.waitFor(() => expect(isAlive(process)).toBe(false), { timeout: 25_000, interval: 50 });

test('a command is told by its status and what it printed', async () => {
  expect(await run('echo out; echo err >&2; exit 3')).toEqual({
    exitCode: 3,
    stdout: 'out\n',
    stderr: 'err\n',
    trouble: null,
  });
  expect(await run('kill -9 $$')).toMatchObject({ exitCode: null, trouble: 'it was ended by SIGKILL' });
});

test('one that takes too long, or that nobody waits for, ends with what it has started', async () => {
  const starting = 'sleep 600 & echo $! > pid; wait';
  const stop = new AbortController();
  const unwanted = run(starting, { signal: stop.signal });
  const first = await helper();
  stop.abort();
  expect(await unwanted).toMatchObject({ exitCode: null, trouble: 'nobody waits for it any more' });
  await gone(first);
  rmSync(join(folder, 'pid'));
  const late = run(starting, { timeoutMs: 1_000 });
  const second = await helper();
  expect(await late).toMatchObject({ exitCode: null, trouble: 'it took longer than 1 s' });
  await gone(second);
});

test('what a command leaves running keeps nobody waiting, and ends', async () => {
  expect(await run('sleep 600 & echo $! > pid; echo done')).toMatchObject({ exitCode: 0, stdout: 'done\n' });
  await gone(identify(Number(readFileSync(join(folder, 'pid'), 'utf8'))) ?? { pid: 0, startedAt: '' });
});

test('one that prints without end is ended', async () => {
  expect(await run('yes')).toMatchObject({ exitCode: null, trouble: 'it printed too much' });
});
