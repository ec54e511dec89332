import { execFile } from 'node:child_process';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const example = join(import.meta.dirname, '../../examples/taskmanager');

export interface Change {
  /** Default main, whose rules come with the first push. */
  branch?: string;
  message: string;
  files: Record<string, string>;
}

/** The team's clone of its repository. */
export interface Repository {
  folder: string;
  /** Writes files, commits them on a branch of their own, or on main, and pushes it. @returns the commit */
  push(change: Change): Promise<string>;
  /** Gives the commit at hand a tag at the server. */
  tag(name: string): Promise<void>;
  /** The commit that main has at the server by now. */
  pull(): Promise<string>;
  read(file: string): string;
}

export async function makeRepository(folder: string, remote: string): Promise<Repository> {
  const left = new Set(['node_modules', 'build', 'coverage', 'reports', '.slipway', '.npm-cache']);
  left.add('playwright-report').add('test-results');
  cpSync(example, folder, { recursive: true, filter: (path) => !left.has(basename(path)) });
  const git = async (...args: string[]) => (await run('git', ['-C', folder, ...args])).stdout.trim();
  await git('init', '--quiet', '--initial-branch=main');
  await git('remote', 'add', 'origin', remote);
  await git('config', 'user.name', 'Task Management Team');
  await git('config', 'user.email', 'team@example.com');
  await git('config', 'commit.gpgSign', 'false');
  return {
    folder,
    read: (file) => readFileSync(join(folder, file), 'utf8'),
    async push({ branch = 'main', message, files }) {
      if (branch !== 'main') await git('switch', '--quiet', '--create', branch);
      for (const [file, content] of Object.entries(files)) writeFileSync(join(folder, file), content);
      await git('add', '--all');
      await git('commit', '--quiet', '--message', message);
      await git('push', '--quiet', 'origin', branch);
      return git('rev-parse', 'HEAD');
    },
    async tag(name) {
      await git('tag', name);
      await git('push', '--quiet', 'origin', name);
    },
    async pull() {
      await git('switch', '--quiet', 'main');
      await git('pull', '--quiet', '--ff-only', 'origin', 'main');
      return git('rev-parse', 'HEAD');
    },
  };
}

export interface DemoSettings {
  ports: Record<'staging' | 'production', number>;
  target: 'process' | 'docker';
}

/** `slipway.yml` with the times and targets of a demo: nothing else tells it from the team's own. As text, since CI looks at its format too. */
export function shortened(slipwayYml: string, { ports, target }: DemoSettings): string {
  const edits: [from: string | RegExp, to: string][] = [
    [
      'kind: process, options: { listen: "127.0.0.1:8100" }',
      `kind: ${target}, options: { listen: "127.0.0.1:${ports.staging}", drain: 5s }`,
    ],
    [
      'kind: process, options: { listen: "127.0.0.1:8200" }',
      `kind: ${target}, options: { listen: "127.0.0.1:${ports.production}", drain: 5s }`,
    ],
    ['bake: 30s', 'bake: 2s'],
    ['every: 3m, bake: 15m', 'every: 6s, bake: 10s'],
    ['patience: 10m', 'patience: 60s'],
    [/interval: 20s/g, 'interval: 1s'],
    // The 99th of a hundred requests in a second is one request: what a second's noise does to it must not count.
    ['minimum-change: 0.5', 'minimum-change: 5'],
    // A demo may be wanted at noon.
    [/ +# Changes rest.*\n +peak-hours:\n +- .*\n/, ''],
  ];
  return edits.reduce((text, [from, to]) => {
    const edited = text.replace(from, to);
    if (edited === text) throw new Error(`slipway.yml of the example has no ${from} to shorten`);
    return edited;
  }, slipwayYml);
}
