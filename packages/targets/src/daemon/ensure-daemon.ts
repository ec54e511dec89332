import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { callDaemon, DaemonUnreachable } from './control-client.ts';
import { socketPath } from './socket-path.ts';

export interface DaemonProgram {
  file: string;
  args: string[];
}

const startMs = 30_000;

/**
 * Starts the daemon of a folder if it doesn't answer, detached: it outlives who started it. Two that start it at once get one.
 * @throws when it doesn't answer in time, with the end of its log
 */
export async function ensureDaemon(directory: string, program: DaemonProgram): Promise<void> {
  if (await answers(directory)) return;
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const log = join(directory, 'daemon.log');
  const output = openSync(log, 'a', 0o600);
  const child = spawn(program.file, program.args, { detached: true, stdio: ['ignore', output, output] });
  closeSync(output);
  const failed = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    // 0: another one was quicker.
    child.once('exit', (code, signal) => code !== 0 && resolve(`it ended with ${code ?? signal}`));
  });
  child.unref();
  const deadline = Date.now() + startMs;
  for (let pauseMs = 20; ; pauseMs = Math.min(pauseMs * 1.5, 250)) {
    const trouble = await Promise.race([failed, delay(pauseMs)]);
    if (await answers(directory)) return;
    if (trouble) throw new Error(`the daemon of ${directory} does not start: ${trouble}\n${endOf(log)}`);
    if (Date.now() > deadline) throw new Error(`the daemon of ${directory} does not answer\n${endOf(log)}`);
  }
}

async function answers(directory: string): Promise<boolean> {
  try {
    await callDaemon(socketPath(directory), { path: '/alive' });
    return true;
  } catch (error) {
    if (error instanceof DaemonUnreachable) return false;
    throw error;
  }
}

function endOf(log: string): string {
  try {
    return readFileSync(log, 'utf8').trim().split('\n').slice(-10).join('\n');
  } catch {
    return '';
  }
}
