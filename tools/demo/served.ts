import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { freePort } from './free-port.ts';

/** A `slipway serve` of the demo's own. */
export interface Served {
  url: string;
  adminToken: string;
  /** What it wrote, for when something went wrong. */
  log(): string;
  /** Ends it, and what it deployed: the daemons of an environment end when their folder is gone. */
  stop(): Promise<void>;
}

export async function serve(options: {
  slipway: readonly string[];
  folder: string;
  env: NodeJS.ProcessEnv;
}): Promise<Served> {
  const { slipway, folder, env } = options;
  const adminToken = `slipway_demo_${randomBytes(24).toString('hex')}`;
  const url = `http://127.0.0.1:${await freePort()}`;
  const data = join(folder, 'data');
  const logFile = join(folder, 'serve.log');
  const output = openSync(logFile, 'a');
  const [program = '', ...words] = slipway;
  const args = ['serve', '--data', data, '--listen', url.slice('http://'.length), '--runners', '4'];
  const child = spawn(program, [...words, ...args], {
    cwd: folder,
    env: { ...env, SLIPWAY_ADMIN_TOKEN: adminToken },
    stdio: ['ignore', output, output],
  });
  closeSync(output);
  const log = () => readFileSync(logFile, 'utf8');
  const ended = new Promise<void>((resolve) => {
    child.once('close', () => resolve());
    child.once('error', () => resolve());
  });
  const stop = async () => {
    // Twice: jobs under way are not waited for. Not at once, as two signals that wait to be heard are one.
    child.kill('SIGTERM');
    await Promise.race([ended, delay(500)]);
    child.kill('SIGTERM');
    await Promise.race([ended, delay(20_000).then(() => child.kill('SIGKILL'))]);
    await rm(data, { recursive: true, force: true, maxRetries: 20, retryDelay: 250 });
  };
  try {
    await untilReady(url, { child, log });
  } catch (error) {
    await stop();
    throw error;
  }
  return { url, adminToken, log, stop };
}

async function untilReady(
  url: string,
  { child, log }: { child: ChildProcess; log: () => string },
): Promise<void> {
  const patienceMs = 60_000;
  for (const begun = Date.now(); ; await delay(100)) {
    if (child.exitCode !== null || Date.now() - begun > patienceMs)
      throw new Error(`slipway serve does not come up:\n${log().slice(-4000)}`);
    const response = await fetch(`${url}/readyz`).catch(() => null);
    if (response?.ok) return;
  }
}
