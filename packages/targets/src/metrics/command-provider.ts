import { baseEnv } from '../process/base-env.ts';
import { runShell, type ShellRun } from '../process/run-shell.ts';
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
        const env: Record<string, string> = {
          ...baseEnv(directory),
          REVISION: revision,
          WINDOW_SECONDS: String(Math.max(1, Math.round(windowMs / 1000))),
        };
        return run(fillIn(query, revision, windowMs), { directory, env, signal });
      }),
  };
}

/** @throws with the last line of what it said, unless it ends with 0 and a number, or nothing */
async function run(command: string, options: Omit<ShellRun, 'timeoutMs'>): Promise<Reading> {
  const { exitCode, stdout, stderr, trouble } = await runShell(command, { ...options, timeoutMs: answerMs });
  if (exitCode !== 0) {
    const said = stderr.trim().split('\n').at(-1) ?? '';
    throw new Error(`the command failed: ${trouble ?? `it ended with ${exitCode}`}${said && `: ${said}`}`);
  }
  const text = stdout.trim();
  if (text === '' || text === 'NaN') return null;
  if (Number.isNaN(Number(text))) throw new Error(`the command printed no number: ${text.slice(0, 100)}`);
  return Number(text);
}
