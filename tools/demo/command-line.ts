import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';

/** The `slipway` command as a person uses it: a program that is started, and what it printed. */
export interface CommandLine {
  /** Standard output. @throws when the exit status is not 0, with the standard error */
  run(args: string[], options?: { input?: string; as?: string }): Promise<string>;
  /** Objects of `--json`, one a line. */
  json<Answer>(args: string[]): Promise<Answer[]>;
  /** Resolves to the exit status; each line is told as it comes. */
  follow(args: string[], onLine: (line: string) => void): Promise<number>;
}

export interface Access {
  /** Program and its first words. */
  slipway: readonly string[];
  cwd: string;
  server: string;
  token: string;
  env: NodeJS.ProcessEnv;
}

export function commandLine(access: Access): CommandLine {
  const { slipway, cwd, server, env } = access;
  const [program = '', ...words] = slipway;
  const start = (args: string[], token = access.token) =>
    spawn(program, [...words, ...args], {
      cwd,
      env: { ...env, SLIPWAY_SERVER: server, SLIPWAY_TOKEN: token },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
  const run: CommandLine['run'] = async (args, { input = '', as } = {}) => {
    const child = start(args, as);
    child.stdin.end(input);
    const ended = new Promise<number | null>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', resolve);
    });
    const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
    if ((await ended) !== 0) throw new Error(`slipway ${args.join(' ')} failed:\n${stdout}${stderr}`);
    return stdout;
  };
  return {
    run,
    async json(args) {
      const output = await run([...args, '--json']);
      return output
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line));
    },
    async follow(args, onLine) {
      const child = start(args);
      child.stdin.end();
      const ended = new Promise<number>((resolve, reject) => {
        child.once('error', reject);
        child.once('close', (status) => resolve(status ?? 1));
      });
      const tell = async (stream: NodeJS.ReadableStream) => {
        let rest = '';
        for await (const chunk of stream.setEncoding('utf8')) {
          const lines = (rest + chunk).split('\n');
          rest = lines.pop() ?? '';
          lines.forEach(onLine);
        }
        if (rest !== '') onLine(rest);
      };
      await Promise.all([tell(child.stdout), tell(child.stderr)]);
      return ended;
    },
  };
}
