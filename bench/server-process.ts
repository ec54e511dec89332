import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** `slipway serve` as a process of its own, reached as anybody would. */
export interface ServerProcess {
  url: string;
  /** A folder that goes with it. */
  folder: string;
  ask<Answer>(method: string, path: string, body?: object): Promise<Answer>;
  /** Messages of a stream of events, until it ends or `signal` is aborted. */
  follow(path: string, signal?: AbortSignal): AsyncIterable<{ event: string; data: string }>;
  /** A hosted project, and a clone of it with one workflow, not pushed yet. */
  clone(name: string, workflow: string): BenchClone;
  /** Memory that it holds now; null where the system does not tell. */
  residentBytes(): number | null;
  stop(): Promise<void>;
}

export interface BenchClone {
  path: string;
  git(...args: string[]): void;
}

export async function startServer(slipway: string, { runners }: { runners: number }): Promise<ServerProcess> {
  const folder = mkdtempSync(join(tmpdir(), 'slipway-bench-server-'));
  const token = randomBytes(24).toString('hex');
  const data = join(folder, 'data');
  const args = ['serve', '--data', data, '--listen', '127.0.0.1:0', '--runners', String(runners)];
  const child = spawn(slipway, [...args, '--labels', 'ubuntu-latest', '--log-level', 'silent'], {
    env: { ...process.env, SLIPWAY_ADMIN_TOKEN: token, DATABASE_URL: undefined },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const url = await addressOf(child);
  const headers = { authorization: `Bearer ${token}` };
  const ask: ServerProcess['ask'] = async (method, path, body) => {
    const response = await fetch(`${url}/api/v1${path}`, {
      method,
      headers: { ...headers, ...(body && { 'content-type': 'application/json' }) },
      ...(body && { body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    return (response.status === 204 ? null : await response.json()) as never;
  };
  return {
    url,
    folder,
    ask,
    async *follow(path, signal) {
      const asked = { headers: { ...headers, accept: 'text/event-stream' }, ...(signal && { signal }) };
      const response = await fetch(`${url}/api/v1${path}`, asked);
      let rest = '';
      try {
        for await (const piece of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
          const messages = `${rest}${piece}`.split('\n\n');
          rest = messages.pop() ?? '';
          for (const message of messages) yield messageOf(message);
        }
      } catch (error) {
        if (signal?.aborted !== true) throw error;
      }
    },
    clone(name, workflow) {
      const path = join(folder, name);
      mkdirSync(join(path, '.github/workflows'), { recursive: true });
      writeFileSync(join(path, '.github/workflows/bench.yml'), workflow);
      const git = (...words: string[]) => execFileSync('git', words, { cwd: path, stdio: 'ignore' });
      git('init', '--initial-branch=main');
      git('config', 'user.name', 'bench');
      git('config', 'user.email', 'bench@example.com');
      git('add', '--all');
      git('commit', '--message=bench');
      git('remote', 'add', 'origin', `${url.replace('://', `://bench:${token}@`)}/octo/${name}.git`);
      return { path, git };
    },
    residentBytes: () => residentOf(child),
    async stop() {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGKILL');
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function addressOf(child: ChildProcess): Promise<string> {
  let said = '';
  return new Promise((resolve, reject) => {
    child.once('exit', (status) => reject(new Error(`the server ended with ${status}: ${said}`)));
    child.stdout?.setEncoding('utf8').on('data', (text) => {
      said += text;
      const url = /^Slipway serves at (\S+) with/m.exec(said)?.[1];
      if (url !== undefined) resolve(url);
    });
  });
}

function messageOf(text: string): { event: string; data: string } {
  const field = (name: string): string => new RegExp(`^${name}: ?(.*)$`, 'm').exec(text)?.[1] ?? '';
  return { event: field('event'), data: field('data') };
}

function residentOf({ pid }: ChildProcess): number | null {
  try {
    const kibibytes = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return kibibytes === undefined ? null : Number(kibibytes) * 1024;
  } catch {
    return null;
  }
}
