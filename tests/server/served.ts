import { execFile } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import type { JobsAnswer } from '@slipway/contracts/api/jobs';
import type { RunAnswer, RunPage } from '@slipway/contracts/api/runs';
import { createActionStore } from '@slipway/runner/actions';
import { startAgent } from '@slipway/runner/agent';
import { openServer, type ServerOptions, type SlipwayServer } from '@slipway/server/serve';
import { storeKinds, type TestStore } from '../store/stores.ts';

const runProgram = promisify(execFile);

/** A whole server with its runners, reached over HTTP and git as anybody would. */
export interface Served {
  server: SlipwayServer;
  token: string;
  /** Its data folder. */
  data: string;
  /** What its runner works in. */
  home: string;
  /** Asks the REST interface. */
  ask<Answer = unknown>(
    method: string,
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
  ): Promise<{ status: number; body: Answer }>;
  /** Makes a hosted project and a clone of it with these files, not pushed yet. */
  project(name: string, files: Record<string, string>): Promise<Clone>;
  /** Waits until a run is finished. */
  finished(runId: number): Promise<RunAnswer>;
  /** Waits until a job is as wanted. */
  job(
    runId: number,
    key: string,
    is: (job: JobsAnswer['jobs'][number]) => boolean,
  ): Promise<JobsAnswer['jobs'][number]>;
  runs(query?: string): Promise<RunAnswer[]>;
  log(runId: number, key: string): Promise<string>;
  /** What the server could not do. */
  trouble: unknown[];
  close(): Promise<void>;
}

export interface Clone {
  name: string;
  directory: string;
  git(...args: string[]): Promise<string>;
  write(files: Record<string, string>): Promise<void>;
  commit(message: string): Promise<string>;
}

export interface ServedOptions extends Partial<ServerOptions> {
  /** Labels of the one runner; none: no runner. */
  labels?: string[];
  /** Jobs that it runs at once; default 2. */
  slots?: number;
}

export async function serveForTest({
  labels = ['ubuntu-latest'],
  slots = 2,
  ...options
}: ServedOptions = {}): Promise<Served> {
  const folder = mkdtempSync(path.join(tmpdir(), 'slipway-served-'));
  const trouble: unknown[] = [];
  const data = options.data ?? path.join(folder, 'data');
  const store = options.location === undefined ? await otherStore() : null;
  const server = await openServer({
    data,
    host: '127.0.0.1',
    port: 0,
    minFreeBytes: 0,
    readRemote: async (uses) => {
      throw new Error(`${uses} is not here`);
    },
    now: Date.now,
    logger: {
      info() {},
      warn: (details) => trouble.push(details),
      error: (details) => trouble.push(details),
    },
    version: '0.0.0',
    ...(store !== null && { location: store.location }),
    ...options,
  });
  const token = options.adminToken ?? server.adminToken ?? '';
  const slipwayHome = path.join(folder, 'home');
  await mkdir(slipwayHome);
  const agent =
    labels.length === 0
      ? null
      : startAgent({
          gateway: server.gateway,
          name: 'test-runner',
          labels,
          slots,
          machine: {
            slipwayHome,
            actionsOf: (repositoryRoot) => createActionStore({ slipwayHome, repositoryRoot }),
            services: {
              cannotServe: async () => 'no services here',
              start: () => Promise.reject(new Error()),
            },
            baseEnv: process.env,
          },
          onTrouble: (error) => trouble.push(error),
        });
  const headersOf = (more: object) => ({ authorization: `Bearer ${token}`, ...more });
  const ask: Served['ask'] = async (method, at, body, headers = {}) => {
    const response = await fetch(`${server.url}/api/v1${at}`, {
      method,
      headers: headersOf({ ...(body !== undefined && { 'content-type': 'application/json' }), ...headers }),
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.includes('json') === true;
    return { status: response.status, body: isJson ? JSON.parse(text) : text };
  };
  const get = async <Answer>(at: string): Promise<Answer> => {
    const { status, body } = await ask<Answer>('GET', at);
    if (status !== 200) throw new Error(`${at}: ${status} ${JSON.stringify(body)}`);
    return body;
  };
  return {
    server,
    token,
    data,
    home: slipwayHome,
    trouble,
    ask,
    async project(name, files) {
      const { status, body } = await ask('POST', '/projects', { name });
      if (status !== 201) throw new Error(JSON.stringify(body));
      const url = server.url.replace('://', `://octocat:${token}@`);
      return makeClone(path.join(folder, 'clones', name), { name, files, remote: `${url}/${name}.git` });
    },
    async finished(runId) {
      const response = await fetch(`${server.url}/api/v1/runs/${runId}/events`, { headers: headersOf({}) });
      await response.text();
      return get<RunAnswer>(`/runs/${runId}`);
    },
    async job(runId, key, is) {
      for (;;) {
        const { jobs } = await get<JobsAnswer>(`/runs/${runId}/jobs`);
        const job = jobs.find((one) => one.key === key);
        if (job !== undefined && is(job)) return job;
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    },
    runs: async (query = '') => (await get<RunPage>(`/runs${query}`)).runs,
    async log(runId, key) {
      const { jobs } = await get<JobsAnswer>(`/runs/${runId}/jobs`);
      return get<string>(`/jobs/${jobs.find((job) => job.key === key)?.id}/log`);
    },
    async close() {
      await agent?.kill();
      await server.close();
      await store?.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** SLIPWAY_TEST_STORE=postgres: the same tests on a PostgreSQL of their own. Null: on SQLite, in the data folder. */
async function otherStore(): Promise<TestStore | null> {
  const wanted = process.env.SLIPWAY_TEST_STORE;
  if (wanted === undefined || wanted === 'sqlite') return null;
  const kind = storeKinds.find(({ name }) => name.toLowerCase().startsWith(wanted));
  if (kind === undefined || kind.unavailable !== null) {
    throw new Error(`SLIPWAY_TEST_STORE=${wanted}: ${kind?.unavailable ?? 'there is no such store'}`);
  }
  return kind.create();
}

async function makeClone(
  directory: string,
  { name, files, remote }: { name: string; files: Record<string, string>; remote: string },
): Promise<Clone> {
  await mkdir(directory, { recursive: true });
  const git: Clone['git'] = async (...args) =>
    (await runProgram('git', args, { cwd: directory })).stdout.trim();
  const clone: Clone = {
    name,
    directory,
    git,
    async write(changed) {
      for (const [file, content] of Object.entries(changed)) {
        await mkdir(path.dirname(path.join(directory, file)), { recursive: true });
        await writeFile(path.join(directory, file), content);
      }
    },
    async commit(message) {
      await git('add', '--all');
      await git('commit', '--quiet', '--allow-empty', '-m', message);
      return git('rev-parse', 'HEAD');
    },
  };
  await git('init', '--quiet', '--initial-branch=main');
  await git('config', 'user.name', 'Octo Cat');
  await git('config', 'user.email', 'octo@example.com');
  await git('config', 'commit.gpgsign', 'false');
  await git('remote', 'add', 'origin', remote);
  await clone.write(files);
  await clone.commit('first');
  return clone;
}

/** A workflow file by its body. */
export function workflow(file: string, content: string): Record<string, string> {
  return { [`.github/workflows/${file}`]: content };
}
