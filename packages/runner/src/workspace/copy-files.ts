import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { constants } from 'node:fs';
import { copyFile, cp, lstat, mkdir, readlink, rm, symlink, utimes } from 'node:fs/promises';
import { joinPath, type PathBytes } from './path-bytes.ts';
import { settleAll } from './settle-all.ts';

export interface CopyOptions {
  from: string;
  to: string;
  /** Files and symbolic links, relative to both; folders are made as needed. */
  files: PathBytes[];
  signal: AbortSignal;
}

/**
 * Copies files with modification time and mode, as far as the umask lets it; blocks are shared where the file system can (reflink).
 * A file that is not there (any more) is skipped: the source may be edited meanwhile.
 * @throws the system's error if a file can't be read or written.
 */
export async function copyFiles(options: CopyOptions): Promise<void> {
  const fast = options.files.length > WORTH_A_PROCESS && process.platform === 'linux';
  if (fast && (await copyByCoreutils(options))) return;
  // After a failure only what is not there yet is copied, by the way that says what is wrong.
  await copyByNode(options, { resume: fast });
}

/** Below this, starting `cp` takes longer than copying. */
const WORTH_A_PROCESS = 64;

/** Side by side; more gain little on one disk. */
const MOST_COPIERS = 4;

/** Below this, another `cp` gains less than it costs. */
const WORTH_ANOTHER_PROCESS = 1_000;

/** Several times as fast as Node for thousands of small files. False if anything went wrong, what was copied stays. */
async function copyByCoreutils({ from, to, files, signal }: CopyOptions): Promise<boolean> {
  await mkdir(to, { recursive: true });
  const share = Math.max(WORTH_ANOTHER_PROCESS, Math.ceil(files.length / MOST_COPIERS));
  // Made before: a copier would fail at a folder that another has made in the meantime, and would make those that are read-only in the
  // source read-only here, with which they take no more files.
  if (!(await makeFolders({ to, files, signal }))) return false;
  const copy = ['cp', '-d', '-f', '--preserve=timestamps', '--parents', '--reflink=auto', '-t', to];
  const words = ['-0', '-P', String(MOST_COPIERS), '-n', String(share), ...copy, '--'];
  return await succeeds('xargs', words, { cwd: from, input: nulEnded(files), signal });
}

async function makeFolders({ to, files, signal }: Omit<CopyOptions, 'from'>): Promise<boolean> {
  const folders = [...new Set(files.map(folderOf))].filter((folder) => folder !== '');
  return await succeeds('xargs', ['-0', '-r', 'mkdir', '-p', '--'], {
    cwd: to,
    input: nulEnded(folders),
    signal,
  });
}

function nulEnded(paths: PathBytes[]): Buffer {
  return Buffer.from(paths.map((path) => `${path}\0`).join(''), 'latin1');
}

/** '' for what lies in none. */
function folderOf(path: PathBytes): PathBytes {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}

const CONCURRENCY = 16;

async function copyByNode(
  { from, to, files, signal }: CopyOptions,
  { resume }: { resume: boolean },
): Promise<void> {
  const made = new Map<PathBytes, Promise<unknown>>();
  const makeFolder = (path: PathBytes) => {
    const folder = folderOf(path);
    const making = made.get(folder) ?? mkdir(joinPath(to, folder), { recursive: true });
    made.set(folder, making);
    return making;
  };
  const queue = files.values();
  const work = async (either: AbortSignal) => {
    for (const file of queue) {
      either.throwIfAborted();
      await makeFolder(file);
      if (resume && (await isCopied(joinPath(from, file), joinPath(to, file)))) continue;
      await copyOne(joinPath(from, file), joinPath(to, file));
    }
  };
  await settleAll(
    signal,
    Array.from({ length: CONCURRENCY }, () => work),
  );
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
async function succeeds(command: string, args: string[], { signal, cwd, input }: Feeding): Promise<boolean> {
  signal.throwIfAborted();
  // In a group of its own, which is ended whole: xargs would leave its cp behind.
  const child = spawn(command, args, { cwd, stdio: ['pipe', 'ignore', 'ignore'], detached: true });
  const kill = () => {
    if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, 'SIGKILL');
  };
  signal.addEventListener('abort', kill);
  child.stdin.on('error', () => {});
  child.stdin.end(input);
  try {
    const [exitCode] = (await once(child, 'close')) as [number | null];
    signal.throwIfAborted();
    return exitCode === 0;
  } catch {
    signal.throwIfAborted();
    return false;
  } finally {
    signal.removeEventListener('abort', kill);
  }
}

interface Feeding {
  signal: AbortSignal;
  cwd?: string;
  input?: Buffer;
}

async function isCopied(from: Buffer, to: Buffer): Promise<boolean> {
  const [source, copy] = await Promise.all([from, to].map((path) => lstat(path).catch(() => undefined)));
  return source !== undefined && source.size === copy?.size && source.mtimeMs === copy.mtimeMs;
}

const TRIES = 3;

/** A file that is being saved may be gone for a moment: it is looked for again before it counts as deleted. */
async function copyOne(from: Buffer, to: Buffer): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      return await copyEntry(from, to);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code !== 'ENOENT' && code !== 'ENOTDIR') throw error;
      if ((await lstat(from).catch(() => undefined)) === undefined) return;
      if (tries === TRIES) throw error;
    }
  }
}

async function copyEntry(from: Buffer, to: Buffer): Promise<void> {
  const stats = await lstat(from);
  // What an earlier checkout left may be read-only, or a link.
  await rm(to, { force: true });
  if (stats.isSymbolicLink()) {
    await symlink(await readlink(from, { encoding: 'buffer' }), to);
  } else if (stats.isFile()) {
    await copyFile(from, to, constants.COPYFILE_FICLONE);
    await utimes(to, stats.atime, stats.mtime);
  }
}
