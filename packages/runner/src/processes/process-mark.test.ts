import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { markProcesses, pidsSince } from './process-mark.ts';

const onLinux = process.platform === 'linux';

test('a process that starts after the mark is among those looked at, one from before is not', async (ctx) => {
  if (!onLinux) return ctx.skip('only Linux numbers processes in the open');
  const mark = markProcesses();
  const child = spawn('sleep', ['60']);
  try {
    const pids = pidsSince(mark);
    // Null is right too: the numbers have begun again, or a crowd has started.
    if (pids !== null) {
      expect(pids).toContain(child.pid);
      expect(pids).not.toContain(process.pid);
    }
  } finally {
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
});

test('all processes are looked at when the numbers may have begun again', (ctx) => {
  if (!onLinux) return ctx.skip('only Linux numbers processes in the open');
  const mark = markProcesses()!;
  expect(pidsSince({ ...mark, lastPid: mark.lastPid + 1_000_000_000 })).toBeNull();
  expect(pidsSince({ ...mark, atMs: mark.atMs - 24 * 60 * 60 * 1000 })).toBeNull();
});

test('all processes are looked at where there is no mark', () => {
  expect(pidsSince(null)).toBeNull();
});
