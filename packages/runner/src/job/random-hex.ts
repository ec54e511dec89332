import { closeSync, openSync, readSync } from 'node:fs';

/**
 * Bytes of the system's random generator as hexadecimal digits, fit for names and tokens. Read from the device: to load
 * `node:crypto` takes longer than to run a whole step.
 */
export function randomHex(bytes: number): string {
  const buffer = Buffer.alloc(bytes);
  const device = openSync('/dev/urandom', 'r');
  try {
    for (let from = 0; from < bytes; ) from += readSync(device, buffer, from, bytes - from, null);
  } finally {
    closeSync(device);
  }
  return buffer.toString('hex');
}
