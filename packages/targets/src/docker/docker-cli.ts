import { execFile } from 'node:child_process';

/** The engine's client has failed; `stderr` is what it said. */
export class DockerFailure extends Error {
  override readonly name = 'DockerFailure';
  readonly stderr: string;

  constructor(command: string, stderr: string) {
    super(`docker ${command}: ${stderr.trim().split('\n').slice(-3).join(' ') || 'it said nothing'}`);
    this.stderr = stderr;
  }
}

export interface DockerRun {
  exitCode: number | null;
  stdout: string;
  stderr: string;
}

export interface DockerCli {
  /** What it prints, without the last newline. @throws DockerFailure */
  run(args: string[], env?: Record<string, string>): Promise<string>;
  /** As it ends, whatever that is. The time-out ends the client, and not what the engine does for it. */
  attempt(args: string[], options?: { env?: Record<string, string>; timeoutMs?: number }): Promise<DockerRun>;
}

const mostBytes = 32 * 1024 * 1024;

/** What may take longer than an answer: an image has to come, or a container to be made on a machine with much to do. */
const longerMs: Record<string, number> = { pull: 30 * 60_000, run: 5 * 60_000, start: 5 * 60_000 };

/** `docker`, or what stands in for it: podman's client takes the same words. `answerMs` is for what only has to be answered. */
export function createDockerCli(file = 'docker', answerMs = 30_000): DockerCli {
  const attempt: DockerCli['attempt'] = (args, { env = {}, timeoutMs } = {}) => {
    const limitMs = timeoutMs ?? longerMs[args[0] ?? ''] ?? answerMs;
    return new Promise((resolve) => {
      const limits = { maxBuffer: mostBytes, timeout: limitMs, killSignal: 'SIGKILL' } as const;
      const options = { env: { ...process.env, ...env }, ...limits };
      const startedAt = performance.now();
      execFile(file, args, options, (error, stdout, stderr) => {
        const exitCode = error === null ? 0 : typeof error.code === 'number' ? error.code : null;
        const isLate = error?.killed === true && performance.now() - startedAt >= limitMs;
        const why = isLate ? `no answer in ${limitMs / 1000} s` : (error?.message ?? '');
        resolve({ exitCode, stdout, stderr: stderr || (exitCode === null ? why : '') });
      });
    });
  };
  return {
    attempt,
    async run(args, env) {
      const { exitCode, stdout, stderr } = await attempt(args, { ...(env && { env }) });
      if (exitCode !== 0) throw new DockerFailure(args[0] ?? '', stderr);
      return stdout.replace(/\n$/, '');
    },
  };
}

/** Variables that the client itself goes by, so that a container's can't be handed over in its environment. */
const ofTheClient =
  /^(?:PATH|HOME|TMPDIR|(?:DOCKER|CONTAINERS?|XDG|SSL_CERT|LD)_.*|GODEBUG|(?:HTTPS?|ALL|NO)_PROXY|(?:https?|all|no)_proxy)$/;

/** Options that give a container its environment: values stay out of the command line, which everybody can read, where they can. */
export function environmentOptions(env: Record<string, string>): {
  args: string[];
  env: Record<string, string>;
} {
  const args = Object.entries(env).flatMap(([name, value]) => [
    '--env',
    ofTheClient.test(name) ? `${name}=${value}` : name,
  ]);
  const handed = Object.fromEntries(Object.entries(env).filter(([name]) => !ofTheClient.test(name)));
  return { args, env: handed };
}
