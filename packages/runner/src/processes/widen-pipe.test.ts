import { execFileSync, spawnSync } from 'node:child_process';
import { closeSync, constants, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { widenPipe } from './widen-pipe.ts';

test('a widened pipe takes a megabyte before its writer has to wait', async (ctx) => {
  if (process.platform !== 'linux') return ctx.skip('only Linux can widen a pipe');
  if (spawnSync('perl', ['-e', '1']).status !== 0) return ctx.skip('perl is not installed');
  const folder = mkdtempSync(join(tmpdir(), 'slipway-pipe-'));
  const path = join(folder, 'pipe');
  execFileSync('mkfifo', [path]);
  const reader = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  const writer = openSync(path, constants.O_WRONLY | constants.O_NONBLOCK);
  try {
    const taken = () => {
      try {
        return writeSync(writer, Buffer.alloc(256 * 1024));
      } catch {
        return 0;
      }
    };
    expect(taken()).toBeLessThan(256 * 1024);
    widenPipe(reader);
    await expect.poll(taken, { timeout: 20_000 }).toBe(256 * 1024);
  } finally {
    for (const descriptor of [reader, writer]) closeSync(descriptor);
    rmSync(folder, { recursive: true });
  }
});
