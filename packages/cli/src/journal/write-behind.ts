import { write, writeSync } from 'node:fs';

const bufferBytes = 256 * 1024;
const mostBuffers = 4;

interface Segment {
  buffer: Buffer;
  length: number;
  /** Where it belongs in the file. */
  position: number;
}

/**
 * Writes a file from its beginning on in the thread pool, so that copying a big log into the system's memory does not hold up
 * reading the log. Bytes are copied when they are given; at most 1 MiB waits, beyond that writing is synchronous.
 */
export class WriteBehind {
  readonly #descriptor: number;
  readonly #free: Buffer[] = [];
  readonly #inFlight = new Set<Segment>();
  #buffers = 0;
  #filling: Segment | null = null;
  #failure: Error | null = null;
  #whenIdle: (() => void) | null = null;

  constructor(descriptor: number) {
    this.#descriptor = descriptor;
  }

  get isIdle(): boolean {
    return this.#filling === null && this.#inFlight.size === 0;
  }

  /** @throws the system's error, of these bytes or of earlier ones. */
  write(bytes: Uint8Array, position: number): void {
    if (this.#failure !== null) throw this.#failure;
    let from = 0;
    while (from < bytes.length) {
      const segment = this.#segmentAt(position + from);
      if (segment === null) {
        writeWhole(this.#descriptor, bytes.subarray(from), position + from);
        return;
      }
      const part = bytes.subarray(from, from + bufferBytes - segment.length);
      segment.buffer.set(part, segment.length);
      segment.length += part.length;
      from += part.length;
      if (segment.length === bufferBytes) this.#send();
    }
  }

  /** After this everything is in the file. @throws the system's error */
  sync(): void {
    for (const { buffer, length, position } of this.#inFlight) {
      writeWhole(this.#descriptor, buffer.subarray(0, length), position);
    }
    if (this.#filling === null) return;
    const { buffer, length, position } = this.#filling;
    writeWhole(this.#descriptor, buffer.subarray(0, length), position);
    this.#free.push(buffer);
    this.#filling = null;
  }

  /** Calls back when no write is under way any more: then the descriptor may be closed. */
  onIdle(listener: () => void): void {
    if (this.#inFlight.size === 0) listener();
    else this.#whenIdle = listener;
  }

  /** The one that is being filled, or a new one; null when all are under way. */
  #segmentAt(position: number): Segment | null {
    if (this.#filling !== null) return this.#filling;
    const buffer = this.#free.pop() ?? this.#newBuffer();
    if (buffer === null) return null;
    this.#filling = { buffer, length: 0, position };
    // What does not fill it goes when everything that is at hand has been taken.
    setImmediate(() => this.#send());
    return this.#filling;
  }

  #newBuffer(): Buffer | null {
    if (this.#buffers === mostBuffers) return null;
    this.#buffers += 1;
    return Buffer.allocUnsafeSlow(bufferBytes);
  }

  #send(): void {
    const segment = this.#filling;
    if (segment === null) return;
    this.#filling = null;
    this.#inFlight.add(segment);
    const { buffer, length, position } = segment;
    write(this.#descriptor, buffer, 0, length, position, (error, written) => {
      this.#inFlight.delete(segment);
      this.#free.push(buffer);
      if (error !== null) this.#failure ??= error;
      else if (written < length) this.#finish(buffer.subarray(written, length), position + written);
      if (this.#inFlight.size === 0) this.#whenIdle?.();
    });
  }

  #finish(rest: Uint8Array, position: number): void {
    try {
      writeWhole(this.#descriptor, rest, position);
    } catch (error) {
      this.#failure ??= error as Error;
    }
  }
}

export function writeWhole(descriptor: number, bytes: Uint8Array, position: number): void {
  let from = 0;
  while (from < bytes.length)
    from += writeSync(descriptor, bytes, from, bytes.length - from, position + from);
}
