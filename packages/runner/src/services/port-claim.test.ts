import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, onTestFinished, test } from 'vitest';
import { findFreePort } from './native/host-port.ts';
import { claimPorts } from './port-claim.ts';

interface Asked {
  ports: number[];
  holder?: string;
  waitMs?: number;
  signal?: AbortSignal;
}

/** Claims, with what was logged meanwhile and a promise of the first line. */
function ask({ ports, holder = 'a test', waitMs = 20_000, signal = new AbortController().signal }: Asked) {
  const lines: string[] = [];
  let onLine: (line: string) => void;
  const firstLine = new Promise<string>((resolve) => {
    onLine = resolve;
  });
  const log = (line: string) => {
    lines.push(line);
    onLine(line);
  };
  const claimed = claimPorts({ ports, holder, waitMs, signal, log });
  return { claimed, firstLine, lines };
}

describe('claimPorts', () => {
  test('a second job waits, is told who holds the port, and gets it when the first lets go', async () => {
    const port = await findFreePort();
    const release = await ask({ ports: [port], holder: 'job build of run 7' }).claimed;
    const second = ask({ ports: [port] });
    expect(await second.firstLine).toContain(`Waiting for port ${port}, which job build of run 7 uses.`);
    release();
    (await second.claimed)();
    expect(second.lines).toHaveLength(1);
  });

  test('jobs that want the same ports in different order never block each other', async () => {
    const [one, two] = [await findFreePort(), await findFreePort()];
    const jobs = Array.from({ length: 6 }, (_, index) =>
      ask({ ports: index % 2 ? [one, two] : [two, one] }).claimed.then((release) => setImmediate(release)),
    );
    await expect(Promise.all(jobs)).resolves.toHaveLength(6);
  });

  test('a job that waits too long is told so and holds nothing', async () => {
    const [low, high] = [await findFreePort(), await findFreePort()].sort((a, b) => a - b) as [
      number,
      number,
    ];
    const release = await ask({ ports: [high], holder: 'the slow job' }).claimed;
    const late = ask({ ports: [low, high], waitMs: 200 });
    await expect(late.claimed).rejects.toMatchObject({
      code: 'port-taken',
      message: expect.stringContaining('the slow job'),
    });
    (await ask({ ports: [low] }).claimed)();
    release();
  });

  test('a cancelled job stops waiting', async () => {
    const port = await findFreePort();
    const release = await ask({ ports: [port] }).claimed;
    const controller = new AbortController();
    const waiting = ask({ ports: [port], signal: controller.signal });
    await waiting.firstLine;
    controller.abort();
    await expect(waiting.claimed).rejects.toMatchObject({ code: 'cancelled' });
    release();
  });

  test('the port of a holder that was killed is free again', async () => {
    const port = await findFreePort();
    const module = new URL('./port-claim.ts', import.meta.url).href;
    const script = `
      const { claimPorts } = await import(${JSON.stringify(module)});
      await claimPorts({ ports: [${port}], holder: 'doomed', log() {}, signal: new AbortController().signal });
      console.log('held');
      setInterval(() => {}, 1000);`;
    const holder = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    onTestFinished(() => void holder.kill('SIGKILL'));
    await once(holder.stdout, 'data');
    const waiting = ask({ ports: [port] });
    expect(await waiting.firstLine).toContain('doomed');
    holder.kill('SIGKILL');
    (await waiting.claimed)();
  });
});
