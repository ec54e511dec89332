import { randomBytes, randomUUID } from 'node:crypto';
import { link, mkdir, open, readFile, rm } from 'node:fs/promises';
import path from 'node:path';

const keyBytes = 32;

/**
 * The key that signs tokens of jobs and links to artifacts. Made once; servers that share the folder share it.
 * @throws Error if there is a key that can't be read, or is none
 */
export async function openServerKey(directory: string): Promise<Uint8Array> {
  const file = path.join(directory, 'signing.key');
  await mkdir(directory, { recursive: true, mode: 0o700 });
  return (await readKey(file)) ?? makeKey(file);
}

/** @returns null if there is none */
async function readKey(file: string): Promise<Uint8Array | null> {
  let key: Uint8Array;
  try {
    key = await readFile(file);
  } catch (error) {
    if (isFailure(error, 'ENOENT')) return null;
    throw error;
  }
  if (key.length === keyBytes) return key;
  throw new Error(`${file} is no key of ${keyBytes} bytes: remove it, and another one is made`);
}

/** The file appears whole: of servers that start at once, one is first, and the others take its key. */
async function makeKey(file: string): Promise<Uint8Array> {
  const draft = `${file}.${randomUUID()}`;
  const key = randomBytes(keyBytes);
  try {
    const handle = await open(draft, 'wx', 0o600);
    try {
      await handle.writeFile(key);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await link(draft, file);
    return key;
  } catch (error) {
    const first = isFailure(error, 'EEXIST') ? await readKey(file) : null;
    if (first === null) throw error;
    return first;
  } finally {
    await rm(draft, { force: true });
  }
}

function isFailure(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
