import { spawn } from 'node:child_process';

/** Git said no; the message is what it said. */
export class GitError extends Error {
  override readonly name = 'GitError';
  /** Null: it could not be started, or was killed. */
  readonly exitCode: number | null;

  constructor(
    message: string,
    { exitCode = null, ...options }: ErrorOptions & { exitCode?: number | null } = {},
  ) {
    super(message, options);
    this.exitCode = exitCode;
  }
}

export interface GitOptions {
  /** Written to its standard input. */
  input?: string | Uint8Array;
  env?: NodeJS.ProcessEnv;
  signal?: AbortSignal;
}

/**
 * Runs git in a repository of the server.
 * @returns its standard output
 * @throws GitError
 */
export async function gitBytes(directory: string, args: string[], options: GitOptions = {}): Promise<Buffer> {
  const child = spawn('git', args, {
    cwd: directory,
    env: { ...gitEnvironment(), ...options.env },
    stdio: ['pipe', 'pipe', 'pipe'],
    ...(options.signal && { signal: options.signal }),
  });
  const output: Buffer[] = [];
  const errors: Buffer[] = [];
  child.stdout.on('data', (piece: Buffer) => output.push(piece));
  child.stderr.on('data', (piece: Buffer) => errors.push(piece));
  // Git may end before it has read everything.
  child.stdin.on('error', () => {});
  child.stdin.end(options.input ?? '');
  const exitCode = await new Promise<number | null>((resolve, reject) => {
    child.once('error', (cause) => reject(new GitError(`git ${args[0]}: ${cause.message}`, { cause })));
    child.once('close', resolve);
  });
  if (exitCode === 0) return Buffer.concat(output);
  const said = Buffer.concat(errors).toString().trim();
  const cause = wallOf(said);
  throw new GitError(`git ${args[0]}: ${said || `exit status ${exitCode}`}`, {
    exitCode,
    ...(cause && { cause }),
  });
}

/** Git's exit status is the same for everything: what the system said to it stands in its words only, those of the C locale. */
function wallOf(said: string): Error | null {
  if (!/No space left on device|Disk quota exceeded/.test(said)) return null;
  return Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
}

/** The same as text. */
export async function git(directory: string, args: string[], options: GitOptions = {}): Promise<string> {
  return (await gitBytes(directory, args, options)).toString();
}

/**
 * The server's own environment without what names a repository: a server that was started by a hook of git has that set. No prompt ever
 * waits for an answer.
 */
export function gitEnvironment(): NodeJS.ProcessEnv {
  const env = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !repositoryVariables.has(name)),
  );
  return { ...env, GIT_TERMINAL_PROMPT: '0', GIT_OPTIONAL_LOCKS: '0', LC_ALL: 'C' };
}

/** @see `git rev-parse --local-env-vars` */
const repositoryVariables = new Set([
  'GIT_ALTERNATE_OBJECT_DIRECTORIES',
  'GIT_COMMON_DIR',
  'GIT_DIR',
  'GIT_INDEX_FILE',
  'GIT_NAMESPACE',
  'GIT_OBJECT_DIRECTORY',
  'GIT_PREFIX',
  'GIT_QUARANTINE_PATH',
  'GIT_WORK_TREE',
]);
