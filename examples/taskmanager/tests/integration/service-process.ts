import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { databaseUrl, redisUrl } from './servers.ts';

export type ServiceProcess = {
  url: string;
  log: Record<string, unknown>[];
  /** The exit code, null when a signal ended the process. */
  exited: Promise<number | null>;
  stop(signal: NodeJS.Signals): Promise<number | null>;
};

/** The service as it runs in production: a process of its own, on a port that the operating system chose. */
export async function startService(
  env: Record<string, string> = {},
  script = 'src/api.ts',
): Promise<ServiceProcess> {
  const child = run(script, { PORT: '0', HOST: '127.0.0.1', ...env });
  const exited = once(child, 'exit').then(([code]) => code as number | null);
  const log: Record<string, unknown>[] = [];
  const listening = new Promise<number>((resolve, reject) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      const entry = JSON.parse(line) as Record<string, unknown>;
      log.push(entry);
      if (entry.msg === 'listening') resolve(entry.port as number);
    });
    exited.then((code) => reject(new Error(`The service ended with ${code} before it listened`)));
  });
  return {
    url: `http://127.0.0.1:${await listening}`,
    log,
    exited,
    stop(signal) {
      child.kill(signal);
      return exited;
    },
  };
}

/** Runs a script of the service to its end. */
export async function runScript(
  script: string,
  options: { args?: string[]; env?: Record<string, string>; input?: string } = {},
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const child = run(script, options.env ?? {}, options.args);
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk) => (stdout += chunk));
  child.stderr.on('data', (chunk) => (stderr += chunk));
  child.stdin.end(options.input);
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, stdout, stderr };
}

function run(script: string, env: Record<string, string>, args: string[] = []) {
  const defaults = { DATABASE_URL: databaseUrl, REDIS_URL: redisUrl, PATH: process.env.PATH };
  return spawn(process.execPath, [script, ...args], { env: { ...defaults, ...env }, stdio: 'pipe' });
}
