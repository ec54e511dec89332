import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeAtomically } from './write-atomically.ts';

/**
 * What `read` makes of a text, kept as JSON under the digest of the text, so that the same text never needs
 * its parser loaded again. What `read` throws is not kept.
 * @param directory made when needed; can be removed at any time
 */
export async function readCached<T>(directory: string, content: string, read: () => Promise<T>): Promise<T> {
  const digest = createHash('sha256').update(content).digest('hex');
  const file = join(directory, `${digest}.json`);
  const known = await readFile(file, 'utf8').then(parseJson<T>, () => undefined);
  if (known !== undefined) return known;
  const value = await read();
  // A cache that can't be written (full disk, read-only home) only costs time.
  await writeAtomically(file, JSON.stringify(value)).catch(() => {});
  return value;
}

function parseJson<T>(text: string): T | undefined {
  try {
    return JSON.parse(text) as T;
  } catch {
    return undefined;
  }
}
