import { execFile } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { mkdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { copyFolder } from '../workspace/copy-files.ts';
import { exists } from '../workspace/exists.ts';
import { addEntry } from './entry.ts';
import { ENVIRONMENT_SCRIPT } from './environment-script.ts';
import type { FillOptions, Offer } from './fill-tool-cache.ts';
import { findPython, type PythonInstallation } from './find-python.ts';
import { distinct } from './installation.ts';

const run = promisify(execFile);
const TIMEOUT_MS = 60_000;

/**
 * Each Python of the machine as a virtual environment of the job's own: what the job installs with pip stays in the job,
 * two jobs can install different versions at once, and Debian's Python, which refuses pip, takes it.
 */
export async function offerPython(options: FillOptions): Promise<Offer[]> {
  const { toolCache, slipwayHome, env, wanted, signal } = options;
  const all = distinct(await findPython(slipwayHome, env));
  const offers = await Promise.all(
    all
      .filter(({ version }) => mayMatch(version, wanted))
      .map(async (installation) => {
        const template = await environmentOf(installation, slipwayHome, signal);
        if (template === undefined) return undefined;
        const { version, executable } = installation;
        await addEntry({ toolCache, name: 'Python', version }, (directory) =>
          copyFolder(template, directory, signal),
        );
        return { name: 'Python', version, from: executable };
      }),
  );
  return offers.filter((offer) => offer !== undefined);
}

/** False only if the wish is plain (`3`, `3.11`, `3.11.7`, one a line) and certainly excludes the version: copies cost time. */
function mayMatch(version: string, wanted: string | undefined): boolean {
  const wishes =
    wanted
      ?.split('\n')
      .map((line) => line.trim())
      .filter(Boolean) ?? [];
  if (wishes.length === 0 || wishes.some((wish) => !/^\d+(\.\d+){0,2}$/.test(wish))) return true;
  return wishes.some((wish) => `${version}.`.startsWith(`${wish}.`));
}

/** Made once for each interpreter; undefined if it can't make one. */
async function environmentOf(
  { executable, version }: PythonInstallation,
  slipwayHome: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  const stats = await stat(executable).catch(() => undefined);
  if (stats === undefined) return undefined;
  const identity = createHash('sha256')
    .update([executable, stats.size, stats.mtimeMs].join('\0'))
    .digest('hex');
  const kept = join(slipwayHome, 'tools/python', `${version}-${identity.slice(0, 16)}`);
  if (await exists(kept)) return kept;
  const building = `${kept}.${randomUUID()}`;
  await mkdir(dirname(kept), { recursive: true });
  try {
    await run(executable, ['-I', '-c', ENVIRONMENT_SCRIPT, building], { timeout: TIMEOUT_MS, signal });
    await rename(building, kept).catch(async (error: unknown) => {
      if (!(await exists(kept))) throw error;
    });
    return kept;
  } catch {
    signal.throwIfAborted();
    return undefined;
  } finally {
    await rm(building, { recursive: true, force: true });
  }
}
