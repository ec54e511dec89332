import { execFile } from 'node:child_process';
import type { ContainerEngine } from './engine.ts';

/** The client's own command line failed; `stderr` is what the engine said. */
export class DockerError extends Error {
  override readonly name = 'DockerError';
  readonly stderr: string;

  constructor(engine: ContainerEngine, args: string[], stderr: string) {
    const [command = ''] = args.filter((word) => !word.startsWith('-'));
    super(`${engine.name} ${command} failed: ${lastLines(stderr) || 'it said nothing'}`);
    this.stderr = stderr;
  }
}

export interface ClientCall {
  /** Added to the client's environment. */
  env?: Record<string, string>;
  /** Written to its standard input. */
  input?: string;
  signal?: AbortSignal;
}

/** The engine's command line client: docker's, or podman's, which takes the same words. */
export interface DockerClient {
  readonly engine: ContainerEngine;
  /** The environment that the client runs in, the caller's at the start. */
  readonly env: Readonly<Record<string, string>>;
  /** Resolves to what it printed on its standard output, without the last newline. @throws DockerError, or AbortError */
  run(args: string[], call?: ClientCall): Promise<string>;
  /** As `run`, but a failure is ignored. */
  attempt(args: string[]): Promise<void>;
}

const OUTPUT_LIMIT_BYTES = 32 * 1024 * 1024;

export function createDockerClient(
  engine: ContainerEngine,
  baseEnv: NodeJS.ProcessEnv = process.env,
): DockerClient {
  const env = Object.fromEntries(
    Object.entries(baseEnv).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
  const run = (args: string[], { env: added = {}, input, signal }: ClientCall = {}) =>
    new Promise<string>((resolve, reject) => {
      const child = execFile(
        engine.client,
        args,
        { env: { ...env, ...added }, maxBuffer: OUTPUT_LIMIT_BYTES, ...(signal && { signal }) },
        (error, stdout, stderr) => {
          if (!error) resolve(stdout.replace(/\n$/, ''));
          else if (signal?.aborted) reject(signal.reason);
          else reject(new DockerError(engine, args, stderr || error.message));
        },
      );
      child.stdin?.on('error', () => undefined).end(input);
    });
  return { engine, env, run, attempt: (args) => run(args).then(discard, discard) };
}

function discard(): void {}

/** A build tells what went wrong after all that went well. */
function lastLines(text: string): string {
  return text.trim().split('\n').slice(-5).join('\n');
}
