import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');

export interface SlipwayOptions {
  cwd: string;
  /** Added to the process's environment; undefined takes a variable away. */
  env?: NodeJS.ProcessEnv;
  /** Its standard input, which ends then; default: a pipe that stays open. */
  input?: string;
}

export interface SlipwayResult {
  status: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

/** Program and arguments. */
export function slipwayCommand(args: readonly string[]): string[] {
  const hooks = join(root, 'tools/json-imports.ts');
  const main = join(root, 'packages/cli/src/main.ts');
  return [process.execPath, '--import', hooks, main, ...args];
}

/** Starts the command line from its sources, as a process of its own. */
export function startSlipway(args: readonly string[], { cwd, env = {} }: SlipwayOptions): ChildProcess {
  const [file = '', ...words] = slipwayCommand(args);
  return spawn(file, words, {
    cwd,
    env: { ...process.env, ...env },
  });
}

export function runSlipway(args: readonly string[], options: SlipwayOptions): Promise<SlipwayResult> {
  const child = startSlipway(args, options);
  if (options.input !== undefined) child.stdin?.end(options.input);
  return resultOf(child);
}

/** When it has ended and its output is read whole. */
export function resultOf(child: ChildProcess): Promise<SlipwayResult> {
  let stdout = '';
  let stderr = '';
  child.stdout?.setEncoding('utf8').on('data', (text) => {
    stdout += text;
  });
  child.stderr?.setEncoding('utf8').on('data', (text) => {
    stderr += text;
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (status, signal) => resolve({ status, signal, stdout, stderr }));
  });
}
