import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { identify, isAlive, type ProcessIdentity } from './process-tree.ts';

export interface Launch {
  file: string;
  args: string[];
  directory: string;
  env: Record<string, string>;
  /** Both outputs are appended to it, by the process itself: who started it may end. */
  log: string;
}

export interface Launched {
  identity: ProcessIdentity;
  exited: Promise<{ code: number | null; signal: string | null }>;
}

/** Starts a process in a group of its own. @throws when it can't be started at all */
export async function launch({ file, args, directory, env, log }: Launch): Promise<Launched> {
  const output = openSync(log, 'a', 0o600);
  let child: ChildProcess;
  try {
    child = spawn(file, args, { cwd: directory, env, detached: true, stdio: ['ignore', output, output] });
  } finally {
    closeSync(output);
  }
  const exited = new Promise<{ code: number | null; signal: string | null }>((resolve) => {
    child.once('exit', (code, signal) => resolve({ code, signal }));
  });
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve);
    child.once('error', reject);
  });
  const pid = child.pid as number;
  // A process that has ended already has no start any more; it will never be adopted.
  return { identity: identify(pid) ?? { pid, startedAt: '' }, exited };
}

const lookMs = 200;

/** Stands in for a process that was started by an earlier supervisor: nobody tells us how it ends. */
export function adopt(identity: ProcessIdentity, signal: AbortSignal): Launched {
  const watch = async () => {
    while (isAlive(identity) && !signal.aborted) await delay(lookMs);
    return { code: null, signal: null };
  };
  return { identity, exited: watch() };
}
