import { execFile } from 'node:child_process';
import { closeSync, constants, openSync } from 'node:fs';
import { Socket } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';

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
}

export function createOutputPipes(directory: string): OutputPipes {
  const free: string[] = [];
  let made = 0;
  return {
    async reserve(count) {
      const paths: string[] = [];
      while (free.length + paths.length < count) paths.push(join(directory, `pipe-${made++}`));
      if (paths.length > 0) await promisify(execFile)('mkfifo', ['-m', '600', ...paths]);
      free.push(...paths);
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
  };
}
