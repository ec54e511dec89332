import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import type { Account } from '../../machine/account.ts';
import { findOnPath } from '../../machine/binaries.ts';

export interface ServiceCommand {
  file: string;
  args: string[];
  cwd: string;
  env: Record<string, string>;
  account: Account | undefined;
  /** The signal that asks this server to end quickly and in order. */
  stopSignal: NodeJS.Signals;
}

export interface ServiceProcess {
  pid: number;
  /** How it ended, for people (`exited with status 1`); null while it runs. */
  ended(): string | null;
  /** The last lines of what it printed. */
  logTail(): string;
  /** Resolves when it is gone; kills it if it doesn't end in time; never throws. */
  stop(): Promise<void>;
}

const STOP_GRACE_MS = 5_000;
const LOG_TAIL_LINES = 30;
const LOG_TAIL_BYTES = 64 * 1024;

/**
 * Starts a server in a session of its own (a Ctrl-C in the terminal must not reach it before the job has ended), its
 * output in a file. On Linux the kernel ends it when this process dies, however it dies.
 */
export async function startServiceProcess(command: ServiceCommand, logPath: string): Promise<ServiceProcess> {
  const log = openSync(logPath, 'a');
  const [file, ...args] = withParentDeathSignal(command);
  const child = spawn(file!, args, {
    cwd: command.cwd,
    env: command.env,
    stdio: ['ignore', log, log],
    detached: true,
    ...(command.account && { uid: command.account.uid, gid: command.account.gid }),
  });
  let ending: string | null = null;
  const exited = new Promise<void>((resolve) => {
    child.once('exit', (code, signal) => {
      ending = signal ? `was ended by ${signal}` : `exited with status ${code}`;
      resolve();
    });
    child.once('error', (error) => {
      ending ??= `could not be started: ${error.message}`;
      resolve();
    });
  });
  closeSync(log);
  await new Promise<void>((resolve) => child.once('spawn', resolve).once('error', () => resolve()));
  return {
    pid: child.pid ?? 0,
    ended: () => ending,
    logTail: () => readTail(logPath),
    stop: () => stop(child, exited, command.stopSignal),
  };
}

/** `setpriv` (util-linux) asks the kernel for the signal and then becomes the server: same process, no wrapper left. */
function withParentDeathSignal(command: ServiceCommand): string[] {
  const setpriv = process.platform === 'linux' ? findOnPath('setpriv') : null;
  if (!setpriv) return [command.file, ...command.args];
  return [setpriv, '--pdeathsig', command.stopSignal.replace(/^SIG/, ''), command.file, ...command.args];
}

async function stop(child: ChildProcess, exited: Promise<void>, signal: NodeJS.Signals): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  child.kill(signal);
  const timer = new AbortController();
  const overdue = delay(STOP_GRACE_MS, 'overdue', { signal: timer.signal }).catch(() => 'in time');
  if ((await Promise.race([exited, overdue])) === 'overdue') killGroup(child.pid);
  timer.abort();
  await exited;
}

function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // Its last process ended just now.
  }
}

function readTail(path: string): string {
  try {
    const file = openSync(path, 'r');
    const from = Math.max(0, fstatSync(file).size - LOG_TAIL_BYTES);
    const buffer = Buffer.alloc(LOG_TAIL_BYTES);
    const length = readSync(file, buffer, 0, LOG_TAIL_BYTES, from);
    closeSync(file);
    return buffer.toString('utf8', 0, length).trimEnd().split('\n').slice(-LOG_TAIL_LINES).join('\n');
  } catch {
    return '';
  }
}
