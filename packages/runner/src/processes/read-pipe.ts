import { Socket } from 'node:net';
import type { ProcessOutput } from './run-process.ts';

export interface PipeReading {
  /** Resolves when the last process that holds the other end is gone. */
  readonly ended: Promise<void>;
  /** What comes from now on is thrown away; it is still read, or a server in the background would stand still. */
  finish(): void;
}

/**
 * Bytes are read straight into blocks that are handed over whole: what costs time is not the bytes, but the number of
 * times they are picked up. A block is passed on when it is so full, or this old.
 */
const blockBytes = 192 * 1024;
const enoughBytes = 96 * 1024;
/** What a pipe holds on Linux. */
const mostAtOnce = 64 * 1024;
const holdMs = 5;

/** Reads a pipe to its end. The file descriptor belongs to the reading from now on. */
export function readPipe(fd: number, output: ProcessOutput): PipeReading {
  const block = createBlock();
  let timer: NodeJS.Timeout | undefined;
  let finished = false;

  function handOver(): void {
    if (timer !== undefined) clearTimeout(timer);
    timer = undefined;
    const bytes = block.take();
    if (bytes === undefined || finished) return;
    const pause = output.write(bytes);
    if (pause === undefined) return;
    socket.pause();
    void pause.finally(() => socket.resume());
  }

  function finish(): void {
    if (finished) return;
    handOver();
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
        if (block.size >= enoughBytes) handOver();
        else timer ??= setTimeout(handOver, holdMs);
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

/** Memory that is filled from the front; what was taken is never written to again. */
function createBlock() {
  let memory = Buffer.allocUnsafeSlow(blockBytes);
  let from = 0;
  let to = 0;
  return {
    /** Filled and not taken yet. */
    get size() {
      return to - from;
    },
    /** Where to read to next. */
    free(): Buffer {
      if (memory.length - to < mostAtOnce) {
        const rest = memory.subarray(from, to);
        memory = Buffer.allocUnsafeSlow(blockBytes);
        to = rest.copy(memory);
        from = 0;
      }
      return memory.subarray(to, to + mostAtOnce);
    },
    fill(size: number): void {
      to += size;
    },
    take(): Buffer | undefined {
      if (to === from) return undefined;
      const bytes = memory.subarray(from, to);
      from = to;
      return bytes;
    },
  };
}
