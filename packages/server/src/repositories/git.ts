import { spawn } from 'node:child_process';

/** Git said no; the message is what it said. */
export class GitError extends Error {
  override readonly name = 'GitError';
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
  throw new GitError(`git ${args[0]}: ${said || `exit status ${exitCode}`}`);
}

/** The same as text. */
export async function git(directory: string, args: string[], options: GitOptions = {}): Promise<string> {
  return (await gitBytes(directory, args, options)).toString();
}

/** Git as it is, whatever the server's account or caller has set: no prompts, no configuration of a person. */
export function gitEnvironment(): NodeJS.ProcessEnv {
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('GIT_')));
  return { ...env, GIT_TERMINAL_PROMPT: '0', GIT_CONFIG_NOSYSTEM: '1', GIT_OPTIONAL_LOCKS: '0', LC_ALL: 'C' };
}
