import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { GitRepository } from '../git-repository.ts';
import { openResults, type ResultsFixture } from '../results/results-fixture.ts';
import { runSlipway, type SlipwayResult } from '../slipway-process.ts';

export interface RepositoryWithResults {
  repository: GitRepository;
  results: ResultsFixture;
  slipway(...args: string[]): Promise<SlipwayResult>;
  close(): Promise<void>;
}

/** A repository with a results service of its own and two runs that were made; clients in this process act for the first. */
export async function openRepositoryWithResults(): Promise<RepositoryWithResults> {
  const startedIn = process.cwd();
  const repository = new GitRepository({ 'README.md': 'x' });
  repository.write('.slipway/.gitignore', '*\n');
  for (const number of [1, 2]) {
    const record = { runId: `run-${number}`, number, description: 'push: ci.yml', startedAt: 0 };
    repository.write(
      `.slipway/runs/${number}/run.json`,
      JSON.stringify({ ...record, status: 'finished', conclusion: 'success' }),
    );
  }
  const directory = join(repository.path, '.slipway/results');
  mkdirSync(directory);
  const results = await openResults({ directory });
  await results.actAs();
  return {
    repository,
    results,
    slipway: (...args) =>
      runSlipway(args, { cwd: repository.path, env: { SLIPWAY_HOME: repository.home, NO_COLOR: '1' } }),
    async close() {
      process.chdir(startedIn);
      await results.close();
      repository.remove();
    },
  };
}

/** As a job does it that uses no client: any bytes become an artifact. */
export async function uploadBytes(
  name: string,
  content: Buffer,
  mimeType = 'application/zip',
): Promise<void> {
  const call = async (method: string, body: object): Promise<Record<string, string>> => {
    const answer = await fetch(
      `${process.env.ACTIONS_RESULTS_URL}twirp/github.actions.results.api.v1.ArtifactService/${method}`,
      {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          authorization: `Bearer ${process.env.ACTIONS_RUNTIME_TOKEN}`,
        },
        body: JSON.stringify({
          workflow_run_backend_id: 'run-1',
          workflow_job_run_backend_id: 'build',
          ...body,
        }),
      },
    );
    expect(answer.status, await answer.clone().text()).toBe(200);
    return (await answer.json()) as Record<string, string>;
  };
  const created = await call('CreateArtifact', { name, version: 7, mime_type: mimeType });
  const url = created.signed_upload_url ?? created.signedUploadUrl ?? '';
  const put = await fetch(url, {
    method: 'PUT',
    body: new Uint8Array(content),
    headers: { 'x-ms-blob-type': 'BlockBlob' },
  });
  expect(put.ok).toBe(true);
  await call('FinalizeArtifact', { name, size: String(content.length) });
}
