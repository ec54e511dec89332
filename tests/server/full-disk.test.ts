import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { serveForTest, workflow } from './served.ts';

test('a disk that is full in the middle of a job delays what it says, and nothing of it is lost', async (context) => {
  const disk = mkdtempSync(path.join(tmpdir(), 'slipway-disk-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=24m', 'tmpfs', disk], { stdio: 'ignore' });
  } catch {
    rmSync(disk, { recursive: true });
    context.skip('no file system can be mounted here');
  }
  const filler = path.join(disk, 'filler');
  // Only what hits the wall says so: the watch is off.
  const served = await serveForTest({ data: path.join(disk, 'data'), minFreeBytes: 0 });
  try {
    const flag = path.join(served.home, 'flag');
    const clone = await served.project('octo/full', {
      ...workflow(
        'ci.yml',
        `on: [push, workflow_dispatch]
jobs:
  talk:
    runs-on: ubuntu-latest
    steps:
      - run: echo begun; while [ ! -e ${flag} ]; do sleep 0.1; done; seq 1 20000; echo end of it
`,
      ),
    });
    await clone.git('push', '--quiet', 'origin', 'main');
    const { id } = await served.job(1, 'talk', ({ status }) => status === 'in_progress');
    expect(() =>
      execFileSync('dd', ['if=/dev/zero', `of=${filler}`, 'bs=64k'], { stdio: 'ignore' }),
    ).toThrow();
    writeFileSync(flag, '');
    // The runner says everything at once and is refused; a new dispatch is too, with a clear code.
    const refused = await served.ask('POST', '/projects/octo/full/dispatches', { workflow: 'ci.yml' });
    expect(refused).toMatchObject({ status: 507, body: { error: { code: 'storage-full' } } });
    expect((await served.ask('GET', '/runs/1')).body).toMatchObject({ status: 'in_progress' });
    rmSync(filler);
    expect(await served.finished(1)).toMatchObject({ conclusion: 'success' });
    const { body: log } = await served.ask<string>('GET', `/jobs/${id}/log`);
    const numbers = [...log.matchAll(/^(\d+)$/gm)].map(([, number]) => Number(number));
    expect(numbers).toEqual(Array.from({ length: 20_000 }, (_, index) => index + 1));
    expect(log).toContain('end of it');
    expect((await served.ask('POST', '/projects/octo/full/dispatches', { workflow: 'ci.yml' })).status).toBe(
      201,
    );
  } finally {
    await served.close();
    execFileSync('umount', ['--lazy', disk]);
    rmSync(disk, { recursive: true, force: true });
  }
}, 120_000);
