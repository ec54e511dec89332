import { spawn } from 'node:child_process';
import { once } from 'node:events';

export interface GitOptions {
  cwd?: string;
  /** What git inherits, before {@link gitEnvironment}; default `process.env`. */
  env?: NodeJS.ProcessEnv;
  /** Used in place of the repository's own index. */
  indexFile?: string;
  /** Written to git's standard input, which is otherwise empty. */
  input?: Uint8Array;
  /** Default: no limit. */
  timeoutMs?: number;
  signal?: AbortSignal;
}

export type GitResult =
  | { kind: 'exited'; exitCode: number; stdout: Buffer; stderr: string }
  | { kind: 'timed-out'; timeoutMs: number }
  /** There is no `git` on the PATH. */
  | { kind: 'not-installed' };

/**
 * Runs git without a terminal: it can neither prompt nor page, and speaks English.
 * It leads a process group of its own, which is killed whole (with `git-remote-https` and `ssh`) on abort and time-out.
 * @throws the signal's reason on abort.
 */
export async function runGit(args: string[], options: GitOptions = {}): Promise<GitResult> {
  options.signal?.throwIfAborted();
  const child = spawn('git', args, {
    cwd: options.cwd,
    env: {
      ...gitEnvironment(options.env ?? process.env),
      ...(options.indexFile !== undefined && { GIT_INDEX_FILE: options.indexFile }),
    },
    stdio: ['pipe', 'pipe', 'pipe'],
    detached: true,
  });
  const killGroup = () => {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
    } catch {
      // It has ended by itself.
    }
  };
  let timedOut = false;
  const timer =
    options.timeoutMs === undefined
      ? undefined
      : setTimeout(() => {
          timedOut = true;
          killGroup();
        }, options.timeoutMs);
  options.signal?.addEventListener('abort', killGroup);
  const stdout = collect(child.stdout);
  const stderr = collect(child.stderr);
  // git may end before it has read its input; its exit status tells why.
  child.stdin.on('error', () => {});
  child.stdin.end(options.input);
  try {
    const [exitCode] = (await once(child, 'close')) as [number | null];
    options.signal?.throwIfAborted();
    if (timedOut) return { kind: 'timed-out', timeoutMs: options.timeoutMs ?? 0 };
    return { kind: 'exited', exitCode: exitCode ?? 128, stdout: stdout(), stderr: stderr().toString() };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { kind: 'not-installed' };
    throw error;
  } finally {
    clearTimeout(timer);
    options.signal?.removeEventListener('abort', killGroup);
  }
}

function collect(stream: NodeJS.ReadableStream): () => Buffer {
  const chunks: Buffer[] = [];
  stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  return () => Buffer.concat(chunks);
}

/**
 * `base` without what ties git to one repository (set inside hooks: `git rev-parse --local-env-vars`),
 * and with every prompt off. `GIT_CONFIG_COUNT` and its pairs stay: mirrors are given by them.
 */
export function gitEnvironment(base: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const env = { ...base };
  for (const name of REPOSITORY_VARIABLES) delete env[name];
  return {
    ...env,
    GIT_TERMINAL_PROMPT: '0',
    // Empty, not absent: git would fall back to core.askPass and SSH_ASKPASS.
    GIT_ASKPASS: '',
    SSH_ASKPASS_REQUIRE: 'never',
    GCM_INTERACTIVE: 'never',
    GIT_LFS_SKIP_SMUDGE: '1',
    GIT_OPTIONAL_LOCKS: '0',
    LC_ALL: 'C',
  };
}

const REPOSITORY_VARIABLES = [
  'GIT_ALTERNATE_OBJECT_DIRECTORIES',
  'GIT_COMMON_DIR',
  'GIT_CONFIG',
  'GIT_CONFIG_PARAMETERS',
  'GIT_DIR',
  'GIT_GRAFT_FILE',
  'GIT_IMPLICIT_WORK_TREE',
  'GIT_INDEX_FILE',
  'GIT_NAMESPACE',
  'GIT_NO_REPLACE_OBJECTS',
  'GIT_OBJECT_DIRECTORY',
  'GIT_PREFIX',
  'GIT_QUARANTINE_PATH',
  'GIT_REPLACE_REF_BASE',
  'GIT_SHALLOW_FILE',
  'GIT_WORK_TREE',
];
