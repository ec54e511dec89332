import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { HarnessRunnerOptions } from './harness-runner.ts';
import type { HarnessServerOptions } from './harness-server.ts';

const hooks = join(import.meta.dirname, '../../tools/json-imports.ts');

/** A child process that a test kills without warning. */
export interface Victim {
  process: ChildProcess;
  /** Of the first line that it printed. */
  said: Promise<string>;
  kill(): Promise<void>;
}

export function startHarnessServer(options: HarnessServerOptions): Victim {
  return start('harness-server.ts', options);
}

export function startHarnessRunner(options: HarnessRunnerOptions): Victim {
  return start('harness-runner.ts', options);
}

function start(program: string, options: object): Victim {
  const main = join(import.meta.dirname, program);
  const child = spawn(process.execPath, ['--import', hooks, main, JSON.stringify(options)], {
    // Its end tells the child that the test is gone.
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit');
  child.stdin?.on('error', () => {});
  const said = new Promise<string>((resolve, reject) => {
    child.stdout?.setEncoding('utf8').once('data', (text: string) => resolve(text.trim()));
    child.once('exit', (status, signal) => reject(new Error(`${program} ended: ${status ?? signal}`)));
  });
  said.catch(() => {});
  return {
    process: child,
    said,
    async kill() {
      child.kill('SIGKILL');
      await exited;
    },
  };
}
