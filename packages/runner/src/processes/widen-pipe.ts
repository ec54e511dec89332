import { spawn } from 'node:child_process';

/** fcntl's F_SETPIPE_SZ, and what every user may ask for (/proc/sys/fs/pipe-max-size). @see fcntl(2) */
const program = 'fcntl(STDIN, 1031, 1048576)';

let isPossible = process.platform === 'linux';

/**
 * Lets a pipe hold a megabyte instead of 64 KiB, so that a process goes on printing while a part of its output is handed on: both
 * take half the time. Node cannot ask the system for it. Perl can, and is wherever git is; without it the pipe stays as it is.
 */
export function widenPipe(descriptor: number): void {
  if (!isPossible) return;
  const child = spawn('perl', ['-e', program], { stdio: [descriptor, 'ignore', 'ignore'] });
  child.on('error', () => {
    isPossible = false;
  });
  child.unref();
}
