import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { describe, expect, test } from 'vitest';
import { isRunning } from './process-table.ts';
import { endTracked, trackingVariable } from './tracking.ts';

const unique = `slipway_test${process.pid}`;

describe('endTracked', () => {
  test('ends a daemon in a session of its own that ignores every signal it can', async () => {
    const id = `${unique}_1`;
    const pid = await startDaemon(id, `trap '' INT TERM HUP; echo $$; exec 1>&-; while :; do sleep 60; done`);

    expect(await endTracked(id)).toBeGreaterThanOrEqual(1);

    expect(isRunning(pid)).toBe(false);
  });

  test('ends all jobs of a run by the run, and one job without the job whose number it begins', async () => {
    const first = await startDaemon(`${unique}run_1`, 'echo $$; exec 1>&-; exec sleep 300');
    const twelfth = await startDaemon(`${unique}run_12`, 'echo $$; exec 1>&-; exec sleep 300');

    await endTracked(`${unique}run_1`);
    expect([isRunning(first), isRunning(twelfth)]).toEqual([false, true]);

    await endTracked(`${unique}run_`);
    expect(isRunning(twelfth)).toBe(false);
  });

  test('says 0 where nothing is left', async () => {
    expect(await endTracked(`${unique}_nothing`)).toBe(0);
  });
});

/** Starts a script that is no child of this process any more when its pid is known. */
async function startDaemon(trackingId: string, script: string): Promise<number> {
  const parent = spawn('setsid', ['bash', '-c', `(setsid bash -c "$SCRIPT" &)`], {
    env: { ...process.env, [trackingVariable]: trackingId, SCRIPT: script },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = await once(createInterface(parent.stdout), 'line');
  return Number(line);
}
