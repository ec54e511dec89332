import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { type JobScope, type ResultsServer, serveResults } from '@slipway/server/results';

export interface ResultsFixture {
  directory: string;
  server: ResultsServer;
  /** Lets what follows act as a step of this job: sets what the runner gives to actions. */
  actAs(scope?: Partial<JobScope>, options?: { cacheVersion?: 1 | 2 }): Promise<void>;
  close(): Promise<void>;
}

/** A results server on a folder of its own, and the environment that the official clients read. */
export async function openResults(
  options: Partial<Parameters<typeof serveResults>[0]> = {},
): Promise<ResultsFixture> {
  const directory = options.directory ?? mkdtempSync(path.join(os.tmpdir(), 'slipway-results-'));
  const server = await serveResults({ now: Date.now, ...options, directory });
  return {
    directory,
    server,
    async actAs(scope = {}, { cacheVersion = 2 } = {}) {
      const token = await server.tokenFor({ ...defaultScope, ...scope });
      Object.assign(process.env, {
        ACTIONS_RUNTIME_TOKEN: token,
        ACTIONS_RESULTS_URL: server.url,
        ACTIONS_CACHE_URL: server.url,
        GITHUB_WORKSPACE: directory,
        RUNNER_TEMP: directory,
        GITHUB_REPOSITORY: defaultScope.repository,
      });
      if (cacheVersion === 2) process.env.ACTIONS_CACHE_SERVICE_V2 = 'true';
      else delete process.env.ACTIONS_CACHE_SERVICE_V2;
    },
    async close() {
      await server.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

export const defaultScope: JobScope = {
  repository: 'octo/app',
  runId: 'run-1',
  jobKey: 'build',
  ref: 'refs/heads/main',
  readableRefs: [],
  cacheMode: 'write',
  untrusted: false,
};
