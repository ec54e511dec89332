import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';

export type Output = { code: number | null; stdout: string; stderr: string };

/** Runs a program to its end, without a shell; rejects when it can't be started or takes too long. */
export async function runCommand(
  program: 'npm' | 'oxlint' | 'git' | 'gitleaks',
  args: string[],
  options: { cwd: string; timeoutMs: number },
): Promise<Output> {
  const child = spawn(program, args, {
    cwd: options.cwd,
    // Not `timeout`: its timer outlives a program that can't be started, and this process with it.
    signal: AbortSignal.timeout(options.timeoutMs),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const exited = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  const [stdout, stderr, code] = await Promise.all([text(child.stdout), text(child.stderr), exited]);
  return { code, stdout, stderr };
}
