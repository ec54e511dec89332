import { closeSync, openSync, readSync } from 'node:fs';

/**
 * Bytes of the system's random generator as hexadecimal digits, fit for names and tokens. Read from the device: to load
 * `node:crypto` takes longer than to run a whole step.
 */
export function randomHex(bytes: number): string {
  if (bytes > pool.length - used) fillPool(Math.max(bytes, poolBytes));
  used += bytes;
  return pool.toString('hex', used - bytes, used);
}

/** Each byte is given out once. */
const poolBytes = 1024;
let pool = Buffer.alloc(0);
let used = 0;

function fillPool(bytes: number): void {
  pool = Buffer.alloc(bytes);
  used = 0;
  const device = openSync('/dev/urandom', 'r');
  try {
    for (let from = 0; from < bytes; ) from += readSync(device, pool, from, bytes - from, null);
  } finally {
    closeSync(device);
  }
}
