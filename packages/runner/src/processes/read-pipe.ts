import { Socket } from 'node:net';
import type { ProcessOutput } from './run-process.ts';
import { widenPipe } from './widen-pipe.ts';

export interface PipeReading {
  /** Resolves when the last process that holds the other end is gone. */
  readonly ended: Promise<void>;
  /** What comes from now on is thrown away; it is still read, or a server in the background would stand still. */
  finish(): void;
}

/**
 * Bytes are read straight into memory that is handed over in parts: what costs time is not the bytes, but the number of
 * times they are picked up. Of a process that prints much, a part is handed over when it is so large, or this old.
 */
const enoughBytes = 96 * 1024;
const holdMs = 5;
/** What comes in smaller bits is handed over at once, so that stdout and stderr keep the order in which they are printed. */
const muchAtOnce = 4 * 1024;

/** Who has printed that much goes on so. */
const widenAfterBytes = 1024 * 1024;

/** Reads a pipe to its end. The file descriptor belongs to the reading from now on. */
export function readPipe(fd: number, output: ProcessOutput): PipeReading {
  const block = createBlock();
  let timer: NodeJS.Timeout | undefined;
  let finished = false;
  let readBytes = 0;

  function handOver(bytes: Buffer | undefined): void {
    if (timer !== undefined) clearTimeout(timer);
    timer = undefined;
    if (bytes === undefined || finished) return;
    const pause = output.write(bytes);
    if (pause === undefined) {
      if (output.keeps === false) block.reuse();
      return;
    }
    socket.pause();
    void pause.then(() => socket.resume());
  }

  function finish(): void {
    if (finished) return;
    handOver(block.takeAll());
    finished = true;
    output.end();
    socket.unref();
  }

  const socket = new Socket({
    fd,
    readable: true,
    writable: false,
    onread: {
      buffer: () => block.free(),
      callback(size) {
        block.fill(size);
        if (readBytes < widenAfterBytes && readBytes + size >= widenAfterBytes) widenPipe(fd);
        readBytes += size;
        if (size < muchAtOnce || block.size >= enoughBytes) handOver(block.takeLines());
        else timer ??= setTimeout(() => handOver(block.takeLines()), holdMs);
        return true;
      },
    },
  });
  // The pipe of a process that is gone may break; what was read counts.
  socket.on('error', () => {});
  socket.resume();
  const ended = new Promise<void>((resolve) => {
    socket.once('close', () => {
      finish();
      resolve();
    });
  });
  return { ended, finish };
}

/** Most processes print little: Node cuts so little out of memory that it has. */
const firstBytes = 2 * 1024;
/** For one that prints much, large pieces are few to be collected. */
const mostBytes = 1024 * 1024;
/** A pipe on Linux holds 64 KiB, a widened one more. */
const mostAtOnce = 256 * 1024;
const leastAtOnce = 512;
const newline = 0x0a;

/** Memory that is filled from the front; what was taken is not written to again, unless it is told that nobody looks at it. */
function createBlock() {
  let memory = Buffer.allocUnsafe(firstBytes);
  let from = 0;
  let to = 0;

  function take(end: number): Buffer | undefined {
    if (end === from) return undefined;
    const bytes = memory.subarray(from, end);
    from = end;
    return bytes;
  }

  return {
    /** Filled and not taken yet. */
    get size() {
      return to - from;
    },
    /** Where to read to next. */
    free(): Buffer {
      if (memory.length - to < leastAtOnce) {
        const rest = memory.subarray(from, to);
        memory = Buffer.allocUnsafeSlow(Math.max(Math.min(memory.length * 4, mostBytes), 2 * rest.length));
        to = rest.copy(memory);
        from = 0;
      }
      return memory.subarray(to, to + mostAtOnce);
    },
    fill(size: number): void {
      to += size;
    },
    /** The beginning of a line stays, so that nobody has to join it with its end; unless it is very long. */
    takeLines(): Buffer | undefined {
      const end = memory.subarray(from, to).lastIndexOf(newline) + 1;
      return take(end === 0 && to - from >= enoughBytes ? to : from + end);
    },
    takeAll: () => take(to),
    /** New memory has to be cleared page by page; what was used just now is near, too. */
    reuse(): void {
      // As long as it is small it is better to go on to a larger one.
      if (memory.length < 2 * enoughBytes) return;
      to = memory.copy(memory, 0, from, to);
      from = 0;
    },
  };
}
