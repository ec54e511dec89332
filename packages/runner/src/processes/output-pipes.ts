import { execFile } from 'node:child_process';
import { closeSync, constants, openSync } from 'node:fs';
import { join } from 'node:path';
import type { PipeStore } from './pipe-store.ts';
import { type PipeReading, readPipe } from './read-pipe.ts';
import type { ProcessOutput } from './run-process.ts';

/** One pipe from a process to us. */
export interface OutputPipe {
  /** What the process gets as stdout or stderr. */
  readonly writer: number;
  /** To be called when the process has it: our copy would keep the pipe open. */
  closeWriter(): void;
  /** Reads the other end. To be called once, also if no process gets the pipe. */
  read(output: ProcessOutput): PipeReading;
}

/**
 * Pipes for the output of processes. Node would give them Unix sockets, and with those `echo x > /dev/stdout` and
 * `tee /dev/stderr` fail on Linux. Named pipes behave as the anonymous ones of GitHub's runner do; each is used again
 * when all its ends are closed.
 */
export interface OutputPipes {
  /** One pipe for each of stdout and stderr; processes that start at once never share one. */
  open(): Promise<[stdout: OutputPipe, stderr: OutputPipe]>;
  /** Leaves the pipes that nobody has open to later jobs; none may be opened after that. */
  close(): void;
}

/** The pipes are files in the folder, which must exist. */
export function createOutputPipes(directory: string, store?: PipeStore): OutputPipes {
  const free: string[] = [];
  let made = 0;
  const nextPath = () => join(directory, `pipe-${made++}`);

  async function take(count: number): Promise<string[]> {
    const paths = free.splice(0, count);
    if (paths.length < count) paths.push(...(store?.take(count - paths.length, nextPath) ?? []));
    const missing = Array.from({ length: count - paths.length }, nextPath);
    if (missing.length > 0) await makePipes(missing);
    return [...paths, ...missing];
  }

  function openPipe(path: string): OutputPipe {
    // Without O_NONBLOCK, opening the reading end would wait for a writer.
    const reader = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const writer = openSync(path, constants.O_WRONLY);
    return {
      writer,
      closeWriter: () => closeSync(writer),
      read(output) {
        const reading = readPipe(reader, output);
        void reading.ended.then(() => free.push(path));
        return reading;
      },
    };
  }

  return {
    async open() {
      const [stdout = '', stderr = ''] = await take(2);
      return [openPipe(stdout), openPipe(stderr)];
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
