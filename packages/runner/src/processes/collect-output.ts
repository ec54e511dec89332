import { spawn } from 'node:child_process';
import type { Account } from '../machine/account.ts';

export interface CollectedProgram {
  file: string;
  args: string[];
  cwd: string;
  env: Record<string, string>;
  /** Written to its standard input. */
  input: string;
  account?: Account | undefined;
  timeoutMs?: number;
  signal?: AbortSignal;
}

export interface CollectedOutput {
  /** null: it was killed, or could not be started. */
  status: number | null;
  /** Standard output and error in the order of arrival. */
  output: string;
}

const OUTPUT_LIMIT_BYTES = 1024 * 1024;

/** Runs a program to its end and collects what it printed; never throws. Its whole process group is killed at the time-out. */
export function collectOutput(command: CollectedProgram): Promise<CollectedOutput> {
  const child = spawn(command.file, command.args, {
    cwd: command.cwd,
    env: command.env,
    stdio: ['pipe', 'pipe', 'pipe'],
    detached: true,
    ...(command.account && { uid: command.account.uid, gid: command.account.gid }),
  });
  let output = '';
  const collect = (chunk: string) => {
    if (output.length < OUTPUT_LIMIT_BYTES) output += chunk;
  };
  child.stdout.setEncoding('utf8').on('data', collect);
  child.stderr.setEncoding('utf8').on('data', collect);
  child.stdin.on('error', () => undefined).end(command.input);
  const kill = () => {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
    } catch {
      // It ended just now.
    }
  };
  const timer = command.timeoutMs === undefined ? undefined : setTimeout(kill, command.timeoutMs);
  command.signal?.addEventListener('abort', kill, { once: true });
  return new Promise((resolve) => {
    const finish = (status: number | null) => {
      clearTimeout(timer);
      command.signal?.removeEventListener('abort', kill);
      resolve({ status, output });
    };
    child.once('error', (error) => {
      output += error.message;
      finish(null);
    });
    child.once('close', (status) => finish(status));
  });
}

const versions = new Map<string, Promise<string | null>>();

/** What a program prints of its version, cut out by the pattern's first group; asked once for each program. null if it doesn't tell. */
export function readVersion(file: string, pattern: RegExp, argument = '--version'): Promise<string | null> {
  let version = versions.get(file);
  if (!version) {
    version = collectOutput({
      file,
      args: [argument],
      cwd: '/',
      env: { PATH: process.env.PATH ?? '', LC_ALL: 'C' },
      input: '',
      timeoutMs: 10_000,
    }).then(({ status, output }) => (status === 0 ? (pattern.exec(output)?.[1] ?? null) : null));
    versions.set(file, version);
  }
  return version;
}
