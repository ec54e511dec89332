import { execFile } from 'node:child_process';
import { closeSync, constants, openSync } from 'node:fs';
import { Socket } from 'node:net';
import { join } from 'node:path';
import type { PipeStore } from './pipe-store.ts';

/** One pipe from a process to us. */
export interface OutputPipe {
  /** What the process gets as stdout or stderr. Close it with `closeWriter` once the process has it. */
  writer: number;
  closeWriter(): void;
  /** Ends when the last process that holds the other end is gone. */
  reader: Socket;
}

/**
 * Pipes for the output of processes. Node would give them Unix sockets, and with those `echo x > /dev/stdout` and
 * `tee /dev/stderr` fail on Linux. Named pipes behave as the anonymous ones of GitHub's runner do; each is used again
 * when all its ends are closed.
 */
export interface OutputPipes {
  open(): OutputPipe;
  /** Makes enough pipes for that many to be open at once. */
  reserve(count: number): Promise<void>;
  /** Leaves the pipes that nobody has open to later jobs; none may be opened after that. */
  close(): void;
}

export function createOutputPipes(directory: string, store?: PipeStore): OutputPipes {
  const free: string[] = [];
  let made = 0;
  const nextPath = () => join(directory, `pipe-${made++}`);
  return {
    async reserve(count) {
      if (free.length < count) free.push(...(store?.take(count - free.length, nextPath) ?? []));
      const missing = Array.from({ length: Math.max(0, count - free.length) }, nextPath);
      if (missing.length > 0) await makePipes(missing);
      free.push(...missing);
    },
    open() {
      const path = free.pop();
      if (path === undefined) throw new Error('No pipe was reserved');
      // Without O_NONBLOCK, opening the reading end would wait for a writer.
      const reading = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
      const writer = openSync(path, constants.O_WRONLY);
      const reader = new Socket({ fd: reading, readable: true, writable: false });
      reader.once('close', () => free.push(path));
      return { writer, closeWriter: () => closeSync(writer), reader };
    },
    close: () => store?.keep(free.splice(0)),
  };
}

/** @throws the error of mkfifo */
function makePipes(paths: string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    execFile('mkfifo', ['-m', '600', ...paths], (error) => (error === null ? resolve() : reject(error)));
  });
}
