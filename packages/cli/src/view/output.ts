import { fstatSync, writeSync, writev } from 'node:fs';

/** Where a view prints to; written without waiting, and it says when its reader is behind. */
export interface Output {
  /** Bytes may be written to again when it returns. */
  write(content: string | Uint8Array): void;
  /** So much is unwritten that the writer should wait for `onDrain`. */
  readonly isBehind: boolean;
  /** Called each time that the reader has caught up. */
  onDrain(listener: () => void): void;
  /** When all that was written has left the process. */
  flushed(): Promise<void>;
}

const behindBytes = 256 * 1024;
const retryMs = 5;

/** A pipe holds more than this: so much can be written without waiting for its reader. */
const pipeBytes = 32 * 1024;

/**
 * Writes to a file descriptor: at once what cannot wait for a reader, the rest in the thread pool, so that a reader that stops
 * blocks neither signals nor jobs. Needs neither `process.stdout` nor, for a short output, the threads: both are felt at a start.
 * `onBroken` is called once when nobody reads any more (`slipway run | head`); what is written then is dropped.
 */
export function descriptorOutput(
  descriptor: number,
  onBroken: (error: NodeJS.ErrnoException) => void,
): Output {
  let waiting: Uint8Array[] = [];
  let unwrittenBytes = 0;
  let isWriting = false;
  let isBroken = false;
  let directBytes = fstatSync(descriptor).isFIFO() ? pipeBytes : Number.POSITIVE_INFINITY;
  const drainListeners: (() => void)[] = [];
  let flushListeners: (() => void)[] = [];

  /** @returns what is left to be written in the pool. */
  function writeDirectly(bytes: Uint8Array): Uint8Array {
    if (isWriting || waiting.length > 0 || bytes.length > directBytes) return bytes;
    directBytes -= bytes.length;
    try {
      return bytes.subarray(writeSync(descriptor, bytes));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') breakOff(error as NodeJS.ErrnoException);
      return bytes;
    }
  }

  function breakOff(error: NodeJS.ErrnoException): void {
    isBroken = true;
    waiting = [];
    unwrittenBytes = 0;
    onBroken(error);
  }

  function writeWaiting(): void {
    const batch = waiting;
    waiting = [];
    isWriting = true;
    writev(descriptor, batch, (error, written) => afterWrite(batch, { error, written }));
  }

  function afterWrite(
    batch: Uint8Array[],
    { error, written }: { error: NodeJS.ErrnoException | null; written: number },
  ) {
    isWriting = false;
    if (error !== null && error.code !== 'EAGAIN') breakOff(error);
    else {
      const done = error === null ? written : 0;
      unwrittenBytes -= done;
      waiting = [...remainder(batch, done), ...waiting];
    }
    // A pipe that someone else made non-blocking is full: ask again a little later.
    if (error?.code === 'EAGAIN') {
      isWriting = true;
      setTimeout(writeWaiting, retryMs);
    } else if (waiting.length > 0) writeWaiting();
    if (unwrittenBytes < behindBytes) for (const listener of drainListeners) listener();
    if (unwrittenBytes === 0) {
      for (const listener of flushListeners) listener();
      flushListeners = [];
    }
  }

  return {
    write(content) {
      if (isBroken) return;
      const bytes = writeDirectly(typeof content === 'string' ? Buffer.from(content) : content);
      if (isBroken || bytes.length === 0) return;
      // It may be written to again when this returns.
      waiting.push(typeof content === 'string' ? bytes : Buffer.from(bytes));
      unwrittenBytes += bytes.length;
      if (!isWriting) writeWaiting();
    },
    get isBehind() {
      return unwrittenBytes >= behindBytes;
    },
    onDrain: (listener) => void drainListeners.push(listener),
    flushed: () =>
      new Promise((resolve) => {
        if (unwrittenBytes === 0) resolve();
        else flushListeners.push(resolve);
      }),
  };
}

/** What is left of `batch` when its first `written` bytes are done. */
function remainder(batch: readonly Uint8Array[], written: number): Uint8Array[] {
  let skip = written;
  return batch.flatMap((bytes) => {
    const left = bytes.subarray(Math.min(skip, bytes.length));
    skip -= bytes.length - left.length;
    return left.length === 0 ? [] : [left];
  });
}
