import { createHash } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

/** The kernel takes no longer ones: 108 bytes on Linux, 104 on macOS, the closing zero included. */
const longestPath = 100;

/** Where a daemon that keeps its state in this folder is spoken to. Only its owner can enter the folder. */
export function socketPath(directory: string): string {
  const path = join(resolve(directory), 'socket');
  if (Buffer.byteLength(path) <= longestPath) return path;
  const name = createHash('sha256').update(path).digest('hex').slice(0, 24);
  return join(tmpdir(), `slipway-${name}.socket`);
}
