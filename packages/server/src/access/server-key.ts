import { randomBytes } from 'node:crypto';
import { mkdir, open, readFile, rm } from 'node:fs/promises';
import path from 'node:path';

const keyBytes = 32;

/** The key that signs tokens of jobs and links to artifacts. Made once; servers that share the folder share it. */
export async function openServerKey(directory: string): Promise<Uint8Array> {
  const file = path.join(directory, 'signing.key');
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const known = await readFile(file).catch(() => null);
  if (known?.length === keyBytes) return known;
  // One that is too short was being written when its server was killed: nothing is signed by it.
  if (known !== null) await rm(file);
  try {
    const handle = await open(file, 'wx', 0o600);
    const key = randomBytes(keyBytes);
    await handle.writeFile(key);
    await handle.sync();
    await handle.close();
    return key;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return openServerKey(directory);
    throw error;
  }
}
