import { closeSync, openSync, readSync } from 'node:fs';
import { WriteBehind, writeWhole } from './write-behind.ts';

const nothing = new Uint8Array(0);
/** Less is written at once: it costs no more than handing it to another thread. */
const muchBytes = 16 * 1024;

/** One job's log as a file of text that only grows. */
export class JobLog {
  readonly path: string;
  #descriptor: number | null = null;
  #behind: WriteBehind | null = null;
  #sizeBytes = 0;
  /** What was appended last, until it is told to forget it: who reads along need not read it from the file. */
  #latest: Uint8Array = nothing;

  constructor(path: string) {
    this.path = path;
  }

  get sizeBytes(): number {
    return this.#sizeBytes;
  }

  /** The bytes are lent until `forget`. @throws the system's error, e.g. ENOSPC, perhaps of bytes before these. */
  append(bytes: Uint8Array): void {
    this.#descriptor ??= openSync(this.path, 'w', 0o644);
    if (bytes.length < muchBytes && this.#behind?.isIdle !== false) {
      writeWhole(this.#descriptor, bytes, this.#sizeBytes);
    } else {
      this.#behind ??= new WriteBehind(this.#descriptor);
      this.#behind.write(bytes, this.#sizeBytes);
    }
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

  /** After this everything is in the file. @throws the system's error */
  sync(): void {
    this.#behind?.sync();
  }

  /** @throws the system's error */
  close(): void {
    const descriptor = this.#descriptor;
    const behind = this.#behind;
    this.forget();
    this.#descriptor = null;
    this.#behind = null;
    if (descriptor === null) return;
    if (behind === null) closeSync(descriptor);
    else {
      behind.onIdle(() => closeSync(descriptor));
      behind.sync();
    }
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
    this.#log.sync();
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
