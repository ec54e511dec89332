import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { runSlipway, type SlipwayResult, startSlipway } from '../slipway-process.ts';

const runProgram = promisify(execFile);

/** `slipway serve` as a process of its own. */
export interface ServeChild {
  url: string;
  /** Null: it was made at an earlier start. */
  token: string | null;
  /** Standard output and error so far. */
  output(): string;
  /** At once, and waits for its end. */
  kill(): Promise<void>;
}

export interface ServeChildOptions {
  /** Of everything; the data are in `data` of it. */
  folder: string;
  args?: readonly string[];
  env?: NodeJS.ProcessEnv;
}

const environment = { SLIPWAY_SERVER: undefined, SLIPWAY_TOKEN: undefined, DATABASE_URL: undefined };

/** Resolves when it answers. */
export async function startServe({ folder, args = [], env = {} }: ServeChildOptions): Promise<ServeChild> {
  const child = startSlipway(
    ['serve', '--data', path.join(folder, 'data'), '--listen', '127.0.0.1:0', ...args],
    {
      cwd: folder,
      env: { ...environment, SLIPWAY_HOME: path.join(folder, 'runner-home'), ...env },
    },
  );
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (piece) => {
      text += piece;
    });
  }
  const exited = once(child, 'exit');
  for (;;) {
    const url = /^Slipway serves at (\S+) with/m.exec(text)?.[1];
    if (url !== undefined && text.includes('"msg":"the server listens"')) {
      return {
        url,
        token: /^Admin token, shown this once: (\S+)$/m.exec(text)?.[1] ?? null,
        output: () => text,
        async kill() {
          child.kill('SIGKILL');
          await exited;
        },
      };
    }
    if (child.exitCode !== null || child.signalCode !== null) throw new Error(`it has ended: ${text}`);
    await delay(50);
  }
}

/** The command line of somebody who has a token of the server. */
export function slipwayOf(
  access: { url: string; token: string | null },
  { cwd, input }: { cwd: string; input?: string },
): (...args: string[]) => Promise<SlipwayResult> {
  const env = { ...environment, SLIPWAY_SERVER: access.url, SLIPWAY_TOKEN: access.token ?? '' };
  return (...args) => runSlipway(args, { cwd, env, ...(input !== undefined && { input }) });
}

/** Makes a repository of these files and pushes it to a project of the server. */
export async function pushFiles(
  { url, token }: { url: string; token: string },
  { folder, project, files }: { folder: string; project: string; files: Record<string, string> },
): Promise<void> {
  const clone = path.join(folder, 'clone');
  for (const [name, content] of Object.entries(files)) {
    await mkdir(path.dirname(path.join(clone, name)), { recursive: true });
    await writeFile(path.join(clone, name), content);
  }
  const git = (...args: string[]) => runProgram('git', args, { cwd: clone });
  await git('init', '--quiet', '--initial-branch=main');
  await git('add', '--all');
  const person = ['-c', 'user.name=Octo', '-c', 'user.email=octo@example.com', '-c', 'commit.gpgsign=false'];
  await git(...person, 'commit', '--quiet', '--allow-empty', '-m', 'a change');
  await git('push', '--quiet', `${url.replace('://', `://octo:${token}@`)}/${project}.git`, 'main');
}
