import { closeSync, openSync, readSync, writeSync } from 'node:fs';

const nothing = new Uint8Array(0);

/**
 * One job's log as a file of text that only grows. Writes are synchronous: they go to the page cache, in order, and need no
 * queue in memory.
 */
export class JobLog {
  readonly path: string;
  #descriptor: number | null = null;
  #sizeBytes = 0;
  /** What was appended last, until it is told to forget it: who reads along need not read it from the file. */
  #latest: Uint8Array = nothing;

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
    this.#latest = bytes;
  }

  /** What stands from `offset` on, if it is in memory; else null. */
  inMemory(offset: number): Uint8Array | null {
    const start = this.#sizeBytes - this.#latest.length;
    return offset < start ? null : this.#latest.subarray(offset - start);
  }

  forget(): void {
    this.#latest = nothing;
  }

  close(): void {
    this.forget();
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

  /** The next whole lines: what is in memory, else at most `most` bytes; a line longer than that comes in pieces. */
  read(most: number): Uint8Array {
    const bytes = this.#log.inMemory(this.#readBytes) ?? this.#readFile(most);
    this.#readBytes += bytes.length;
    return bytes;
  }

  #readFile(most: number): Uint8Array {
    this.#descriptor ??= openSync(this.#log.path, 'r');
    const buffer = Buffer.allocUnsafe(most);
    const read = buffer.subarray(0, readSync(this.#descriptor, buffer, 0, most, this.#readBytes));
    const lastLineEnd = read.lastIndexOf(0x0a);
    return lastLineEnd === -1 ? read : read.subarray(0, lastLineEnd + 1);
  }

  close(): void {
    if (this.#descriptor !== null) closeSync(this.#descriptor);
    this.#descriptor = null;
  }
}
