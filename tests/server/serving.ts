import { type ChildProcess, execFile } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterEach, beforeEach } from 'vitest';
import { runSlipway, startSlipway } from '../slipway-process.ts';

export const runProgram = promisify(execFile);
/** Of the test that runs: the processes' folder, and what was started in it. */
export let folder: string;
export let children: ChildProcess[];

/** A folder for each test of the file; what a test has started ends with it. */
export function useServeFolder(): void {
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'slipway-serve-'));
    children = [];
  });
  afterEach(async () => {
    for (const child of children) child.kill('SIGKILL');
    await rm(folder, { recursive: true, force: true });
  });
}

export interface Serving {
  child: ChildProcess;
  url: string;
  /** Null: it was made at an earlier start. */
  token: string | null;
  /** Standard output and error so far. */
  output(): string;
}

export const environment = { SLIPWAY_SERVER: undefined, SLIPWAY_TOKEN: undefined, DATABASE_URL: undefined };

export async function serve(...args: string[]): Promise<Serving> {
  const { child, output } = start(['serve', '--data', path.join(folder, 'data'), ...args]);
  const url = await said(child, output, /^Slipway serves at (\S+) with/m);
  await said(child, output, /"msg":"the server listens"/);
  const token = /^Admin token, shown this once: (\S+)$/m.exec(output())?.[1] ?? null;
  return { child, url, token, output };
}

export function start(
  args: string[],
  env: NodeJS.ProcessEnv = {},
): { child: ChildProcess; output: () => string } {
  const home = path.join(folder, 'runner-home');
  const child = startSlipway(args, { cwd: folder, env: { ...environment, SLIPWAY_HOME: home, ...env } });
  children.push(child);
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (piece) => {
      text += piece;
    });
  }
  return { child, output: () => text };
}

/** Waits for words of a process. @returns their first group */
export async function said(child: ChildProcess, output: () => string, words: RegExp): Promise<string> {
  for (;;) {
    const found = words.exec(output());
    if (found !== null) return found[1] ?? '';
    if (child.exitCode !== null || child.signalCode !== null) throw new Error(`it has ended: ${output()}`);
    await delay(50);
  }
}

export function ended(child: ChildProcess): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve(child.exitCode);
  return new Promise((resolve) => child.once('exit', resolve));
}

export async function slipway(access: { url: string; token: string | null }, ...args: string[]) {
  const env = { ...environment, SLIPWAY_SERVER: access.url, SLIPWAY_TOKEN: access.token ?? '' };
  return runSlipway(args, { cwd: folder, env });
}

/** A repository that is pushed to the server. */
export async function push({ url, token }: Serving, steps: string): Promise<void> {
  const clone = path.join(folder, 'clone');
  await mkdir(path.join(clone, '.github/workflows'), { recursive: true });
  writeFileSync(
    path.join(clone, '.github/workflows/ci.yml'),
    `name: CI\non: [push, workflow_dispatch]\njobs:\n  build:\n    runs-on: ubuntu-latest\n    steps:\n${steps}`,
  );
  const git = (...args: string[]) => runProgram('git', args, { cwd: clone });
  await git('init', '--quiet', '--initial-branch=main');
  await git('add', '--all');
  const person = ['-c', 'user.name=Octo', '-c', 'user.email=octo@example.com', '-c', 'commit.gpgsign=false'];
  await git(...person, 'commit', '--quiet', '-m', 'first');
  await git('push', '--quiet', `${url.replace('://', `://octo:${token}@`)}/octo/app.git`, 'main');
}
