import { closeSync, openSync, readSync, writeSync } from 'node:fs';

/**
 * One job's log as a file of text that only grows. Writes are synchronous: they go to the page cache, in order, and need no
 * queue in memory.
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
    this.#descriptor ??= openSync(this.path, 'a', 0o644);
    let from = 0;
    while (from < bytes.length) from += writeSync(this.#descriptor, bytes, from);
    this.#sizeBytes += bytes.length;
  }

  close(): void {
    if (this.#descriptor !== null) closeSync(this.#descriptor);
    this.#descriptor = null;
  }
}

/** Reads a log from its beginning, while it grows or later. */
export class LogReader {
  readonly #log: JobLog;
  #descriptor: number | null = null;
  #readBytes = 0;

  constructor(log: JobLog) {
    this.#log = log;
  }

  get isAtEnd(): boolean {
    return this.#readBytes === this.#log.sizeBytes;
  }

  /** The next whole lines, at most `most` bytes; a line longer than that comes in pieces. */
  read(most: number): Buffer {
    if (this.isAtEnd) return Buffer.alloc(0);
    this.#descriptor ??= openSync(this.#log.path, 'r');
    const buffer = Buffer.allocUnsafe(most);
    const read = buffer.subarray(0, readSync(this.#descriptor, buffer, 0, most, this.#readBytes));
    const lastLineEnd = read.lastIndexOf(0x0a);
    const lines = lastLineEnd === -1 ? read : read.subarray(0, lastLineEnd + 1);
    this.#readBytes += lines.length;
    return lines;
  }

  close(): void {
    if (this.#descriptor !== null) closeSync(this.#descriptor);
    this.#descriptor = null;
  }
}
