import { execFile } from 'node:child_process';
import { baseEnv } from '../process/base-env.ts';
import { fillIn, measureBoth, type Reading } from './measure-both.ts';
import type { MetricProvider } from './metric-provider.ts';

const answerMs = 30_000;

/**
 * A command for the shell that prints one number, and nothing if it has none. It is run once for each revision, which it is told by REVISION
 * (and `{{revision}}`), with WINDOW_SECONDS beside it. It gets nothing of this process's environment but the PATH and its like.
 */
export function createCommandProvider(directory: string): MetricProvider {
  return {
    measure: (question) =>
      measureBoth(question, (revision) => {
        const { query, windowMs, signal } = question;
        const env = {
          ...baseEnv(directory),
          REVISION: revision,
          WINDOW_SECONDS: String(Math.max(1, Math.round(windowMs / 1000))),
        };
        return run(fillIn(query, revision, windowMs), { cwd: directory, env, ...(signal && { signal }) });
      }),
  };
}

function run(
  command: string,
  options: { cwd: string; env: Record<string, string>; signal?: AbortSignal },
): Promise<Reading> {
  return new Promise((resolve, reject) => {
    const limits = { timeout: answerMs, killSignal: 'SIGKILL' } as const;
    execFile('/bin/sh', ['-c', command], { ...options, ...limits }, (error, stdout, stderr) => {
      if (error) {
        const said = stderr.trim().split('\n').at(-1) ?? '';
        reject(
          new Error(`the command ${error.killed ? 'took too long' : `ended with ${error.code}`}: ${said}`),
        );
        return;
      }
      const text = stdout.trim();
      if (text === '' || text === 'NaN') resolve(null);
      else if (Number.isNaN(Number(text)))
        reject(new Error(`the command printed no number: ${text.slice(0, 100)}`));
      else resolve(Number(text));
    });
  });
}
