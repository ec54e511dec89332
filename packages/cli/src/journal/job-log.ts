import { closeSync, openSync, readSync, writeSync } from 'node:fs';

/**
 * One job's log as a file of text that only grows. Kept open while the job runs and while someone still reads;
 * writes are synchronous: they go to the page cache, in order, and need no queue in memory.
 */
export class JobLog {
  readonly path: string;
  #descriptor: number | null = null;
  #sizeBytes = 0;

  constructor(path: string) {
    this.path = path;
  }

  get sizeBytes(): number {
    return this.#sizeBytes;
  }

  /** @throws the system's error, e.g. ENOSPC. */
  append(bytes: Uint8Array): void {
    this.#descriptor ??= openSync(this.path, 'w+', 0o644);
    let from = 0;
    while (from < bytes.length) from += writeSync(this.#descriptor, bytes, from);
    this.#sizeBytes += bytes.length;
  }

  /** Whole lines from `offset` on, at most `buffer` of them in bytes; a line longer than that comes in pieces. */
  read(offset: number, buffer: Buffer): Buffer {
    if (this.#descriptor === null) return buffer.subarray(0, 0);
    const length = readSync(this.#descriptor, buffer, 0, buffer.length, offset);
    const read = buffer.subarray(0, length);
    const lastLineEnd = read.lastIndexOf(0x0a);
    return lastLineEnd === -1 ? read : read.subarray(0, lastLineEnd + 1);
  }

  close(): void {
    if (this.#descriptor !== null) closeSync(this.#descriptor);
    this.#descriptor = null;
  }
}
