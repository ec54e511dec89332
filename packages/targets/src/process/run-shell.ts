import { spawn } from 'node:child_process';
import { signalGroup } from '../supervisor/process-tree.ts';

export interface ShellRun {
  directory: string;
  /** All that it gets. */
  env: Record<string, string>;
  timeoutMs: number;
  /** Whoever asks wants it no more. */
  signal?: AbortSignal | undefined;
}

export interface ShellEnd {
  /** null: it was ended, or could not be started. */
  exitCode: number | null;
  stdout: string;
  stderr: string;
  /** Why there is no exit status, a clause; null if there is one. */
  trouble: string | null;
}

const mostBytes = 4 * 1024 * 1024;

/** Runs a command for the shell to its end, and leaves nothing of it behind: what it has started ends with it. */
export function runShell(
  command: string,
  { directory, env, timeoutMs, signal }: ShellRun,
): Promise<ShellEnd> {
  return new Promise((resolve) => {
    const child = spawn('/bin/sh', ['-c', command], {
      cwd: directory,
      env,
      // A group of its own, to be ended as one.
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let trouble: string | null = null;
    let [stdout, stderr] = ['', ''];
    const end = (why: string | null): void => {
      trouble ??= why;
      if (child.pid !== undefined) signalGroup(child.pid, 'SIGKILL');
      // Whatever has left the group may hold them open for ever.
      if (why !== null) for (const output of [child.stdout, child.stderr]) output.destroy();
    };
    const onAbort = (): void => end('nobody waits for it any more');
    const timer = setTimeout(() => end(`it took longer than ${timeoutMs / 1000} s`), timeoutMs);
    signal?.addEventListener('abort', onAbort, { once: true });
    if (signal?.aborted) onAbort();
    child.stdout.setEncoding('utf8').on('data', (text) => {
      stdout += text;
      if (stdout.length > mostBytes) end('it printed too much');
    });
    child.stderr.setEncoding('utf8').on('data', (text) => {
      stderr = (stderr + text).slice(-mostBytes);
    });
    child.once('error', (error) => {
      trouble ??= error.message;
    });
    child.once('exit', () => end(null));
    child.once('close', (code, by) => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
      const isEnded = trouble === null && code !== null && code >= 0;
      const why = trouble ?? `it was ended by ${by}`;
      resolve({ exitCode: isEnded ? code : null, stdout, stderr, trouble: isEnded ? null : why });
    });
  });
}
