import { randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { exists } from '../workspace/exists.ts';

/** A version of a tool, where @actions/tool-cache looks for it: `<cache>/<name>/<version>/<arch>`. */
export interface Entry {
  toolCache: string;
  /** As the setup action names it: `node`, `Python`, `go`, `Java_Temurin-Hotspot_jdk`. */
  name: string;
  version: string;
}

/** What @actions/tool-cache calls this machine's architecture. */
export const ARCHITECTURE = process.arch;

/** In the `.complete` file of what was put there by {@link addEntry}; the file of a download is empty. */
const OFFERED = 'offered by the machine\n';

export function entryDirectory({ toolCache, name, version }: Entry): string {
  return join(toolCache, name, version, ARCHITECTURE);
}

/**
 * Adds an entry if it is not there. `build` makes a folder, or a link to one, at the path it is given.
 * The entry appears whole: by rename, then its `.complete` file.
 */
export async function addEntry(entry: Entry, build: (directory: string) => Promise<void>): Promise<void> {
  const directory = entryDirectory(entry);
  if (await exists(`${directory}.complete`)) return;
  const building = join(entry.toolCache, entry.name, entry.version, `.${randomUUID()}`);
  await mkdir(join(entry.toolCache, entry.name, entry.version), { recursive: true });
  await build(building);
  await rename(building, directory);
  await writeFile(`${directory}.complete`, OFFERED);
}

/** Whether the entry is complete and came from somewhere else: a setup action has downloaded it. */
export async function isDownloaded(entry: Entry): Promise<boolean> {
  const marker = await readFile(`${entryDirectory(entry)}.complete`, 'utf8').catch(() => undefined);
  return marker !== undefined && marker !== OFFERED;
}
