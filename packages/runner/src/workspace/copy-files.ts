import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { constants } from 'node:fs';
import { copyFile, cp, lstat, mkdir, readlink, rm, symlink, utimes } from 'node:fs/promises';
import { joinPath, type PathBytes } from './path-bytes.ts';

export interface CopyOptions {
  from: string;
  to: string;
  /** Files and symbolic links, relative to both; folders are made as needed. */
  files: PathBytes[];
  signal: AbortSignal;
}

/**
 * Copies files with mode and modification time; blocks are shared where the file system can (reflink).
 * A file that is not there (any more) is skipped: the source may be edited meanwhile.
 * @throws the system's error if a file can't be read or written.
 */
export async function copyFiles(options: CopyOptions): Promise<void> {
  if (options.files.length > WORTH_A_PROCESS && process.platform === 'linux') {
    if (await copyByCoreutils(options)) return;
  }
  await copyByNode(options);
}

/** Below this, starting `cp` takes longer than copying. */
const WORTH_A_PROCESS = 64;

/** About three times as fast as Node for thousands of small files. False if anything went wrong, what was copied stays. */
async function copyByCoreutils({ from, to, files, signal }: CopyOptions): Promise<boolean> {
  await mkdir(to, { recursive: true });
  const copy = [
    'cp',
    '-d',
    '-f',
    '--preserve=mode,timestamps',
    '--parents',
    '--reflink=auto',
    '-t',
    to,
    '--',
  ];
  const input = Buffer.from(`${files.join('\0')}\0`, 'latin1');
  return await succeeds('xargs', ['-0', ...copy], { cwd: from, input, signal });
}

const CONCURRENCY = 16;

async function copyByNode({ from, to, files, signal }: CopyOptions): Promise<void> {
  const made = new Map<PathBytes, Promise<unknown>>();
  const makeFolder = (path: PathBytes) => {
    const folder = path.slice(0, Math.max(0, path.lastIndexOf('/')));
    const making = made.get(folder) ?? mkdir(joinPath(to, folder), { recursive: true });
    made.set(folder, making);
    return making;
  };
  const queue = files.values();
  const work = async () => {
    for (const file of queue) {
      signal.throwIfAborted();
      await makeFolder(file);
      await copyOne(joinPath(from, file), joinPath(to, file));
    }
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, work));
}

/**
 * Copies a whole folder to a place where nothing is yet; modes, times and links are kept, blocks shared where possible.
 * @throws the system's error
 */
export async function copyFolder(from: string, to: string, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  const flags =
    process.platform === 'darwin' ? ['-cRp'] : ['-dR', '--preserve=mode,timestamps', '--reflink=auto'];
  if (await succeeds('cp', [...flags, '--', from, to], { signal })) return;
  await rm(to, { recursive: true, force: true });
  await cp(from, to, {
    recursive: true,
    verbatimSymlinks: true,
    preserveTimestamps: true,
    mode: constants.COPYFILE_FICLONE,
  });
}

/** Runs a process to its end; false if it failed or could not be started. @throws the signal's reason */
async function succeeds(command: string, args: string[], options: Feeding): Promise<boolean> {
  const { signal, cwd, input } = options;
  const child = spawn(command, args, { cwd, signal, stdio: ['pipe', 'ignore', 'ignore'] });
  child.stdin.on('error', () => {});
  child.stdin.end(input);
  try {
    const [exitCode] = (await once(child, 'close')) as [number | null];
    return exitCode === 0;
  } catch {
    signal.throwIfAborted();
    return false;
  }
}

interface Feeding {
  signal: AbortSignal;
  cwd?: string;
  input?: Buffer;
}

async function copyOne(from: Buffer, to: Buffer): Promise<void> {
  try {
    const stats = await lstat(from);
    if (stats.isSymbolicLink()) {
      await rm(to, { force: true });
      await symlink(await readlink(from, { encoding: 'buffer' }), to);
    } else if (stats.isFile()) {
      // A read-only file of an earlier checkout can't be written over.
      await rm(to, { force: true });
      await copyFile(from, to, constants.COPYFILE_FICLONE);
      await utimes(to, stats.atime, stats.mtime);
    }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'ENOENT' && code !== 'ENOTDIR') throw error;
    if (await lstat(from).catch(() => undefined)) throw error;
  }
}
