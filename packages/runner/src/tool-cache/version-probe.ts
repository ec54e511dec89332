import { execFile } from 'node:child_process';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { readCached } from '../actions/content-cache.ts';

const run = promisify(execFile);
const TIMEOUT_MS = 10_000;

/**
 * What `<executable> --version` says, as three numbers; undefined if it can't be run or says something else.
 * Remembered under `home` until the file changes.
 */
export async function probeVersion(executable: string, home: string): Promise<string | undefined> {
  const stats = await stat(executable).catch(() => undefined);
  if (stats === undefined) return undefined;
  const identity = [executable, stats.size, stats.mtimeMs].join('\0');
  const answer = await readCached(join(home, 'tool-versions'), identity, async () => {
    const output = await run(executable, ['--version'], { timeout: TIMEOUT_MS }).catch(() => undefined);
    return { version: output?.stdout.match(/(?:^|\s)v?(\d+\.\d+\.\d+)\s*$/m)?.[1] };
  });
  return answer.version;
}
