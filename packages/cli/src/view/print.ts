import { writeSync } from 'node:fs';

/** Prints at once and whole; for short texts. What nobody reads any more is dropped. */
export function printOut(text: string): void {
  print(1, text);
}

/** The same for bytes, e.g. of a log. */
export function printBytes(bytes: Uint8Array): void {
  write(1, bytes);
}

/** The same on the standard error. */
export function printError(text: string): void {
  print(2, text);
}

function print(descriptor: number, text: string): void {
  write(descriptor, Buffer.from(text));
}

/** Not by `process.stdout`: its creation is felt at every start, and what it has not written is lost at the exit. */
function write(descriptor: number, bytes: Uint8Array): void {
  let from = 0;
  while (from < bytes.length) {
    try {
      from += writeSync(descriptor, bytes, from);
    } catch (error) {
      // A pipe that someone else made non-blocking is full.
      if ((error as NodeJS.ErrnoException).code === 'EAGAIN')
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
      else return;
    }
  }
}
