import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { DefaultArtifactClient } from '@actions/artifact';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openResults, type ResultsFixture } from './results-fixture.ts';

let results: ResultsFixture;
const client = new DefaultArtifactClient();

beforeEach(async () => {
  results = await openResults();
  await results.actAs();
});
afterEach(() => results.close());

test('what one job uploads, another job of the run lists and downloads unchanged', async () => {
  const files = writeFiles({ 'report/a.txt': 'first', 'report/deep/b.bin': randomBytes(3_000_000) });
  const { id, size, digest } = await client.uploadArtifact('report', files, results.directory);
  expect(size).toBeGreaterThan(3_000_000);

  await results.actAs({ jobKey: 'deploy: second' });
  const { artifacts } = await client.listArtifacts();
  expect(artifacts).toMatchObject([{ name: 'report', id, size, digest: `sha256:${digest}` }]);
  const target = path.join(results.directory, 'downloaded');
  const downloaded = await client.downloadArtifact(id ?? 0, {
    path: target,
    expectedHash: `sha256:${digest}`,
  });
  expect(downloaded.digestMismatch).toBe(false);
  for (const name of ['report/a.txt', 'report/deep/b.bin']) {
    expect(
      readFileSync(path.join(target, name)).equals(readFileSync(path.join(results.directory, name))),
    ).toBe(true);
  }
});

test('an upload of many blocks is put together in the order of its block list', async () => {
  const content = randomBytes(40_000_000);
  const files = writeFiles({ 'large.bin': content });
  const { id } = await client.uploadArtifact('large', files, results.directory, { compressionLevel: 0 });
  const target = path.join(results.directory, 'downloaded');
  await client.downloadArtifact(id ?? 0, { path: target });
  expect(sha256(readFileSync(path.join(target, 'large.bin')))).toBe(sha256(content));
});

test('an artifact is never replaced: the second upload of a name is refused', async () => {
  const files = writeFiles({ 'a.txt': 'one' });
  await client.uploadArtifact('same', files, results.directory);
  await expect(client.uploadArtifact('same', files, results.directory)).rejects.toThrow(/already exists/);
});

test('another attempt of a run replaces what the same job made before, and nothing else', async () => {
  await client.uploadArtifact('report', writeFiles({ 'a.txt': 'first' }), results.directory);
  const attemptBeganAt = Date.now() + 1;
  await results.actAs({ jobKey: 'other', attemptBeganAt });
  const second = writeFiles({ 'a.txt': 'second' });
  await expect(client.uploadArtifact('report', second, results.directory)).rejects.toThrow(/already exists/);
  await results.actAs({ attemptBeganAt });
  const { id } = await client.uploadArtifact('report', second, results.directory);
  expect((await client.listArtifacts()).artifacts.map((artifact) => artifact.id)).toEqual([id]);
});

test('a deleted artifact is gone, its name is free and its bytes leave the disk', async () => {
  await client.uploadArtifact('gone', writeFiles({ 'a.txt': 'x' }), results.directory);
  expect(blobsIn(results.directory)).toHaveLength(1);
  await client.deleteArtifact('gone');
  expect((await client.listArtifacts()).artifacts).toEqual([]);
  expect(blobsIn(results.directory)).toEqual([]);
  await client.uploadArtifact('gone', writeFiles({ 'a.txt': 'y' }), results.directory);
});

test('a job of another run sees nothing of this run', async () => {
  const { id } = await client.uploadArtifact('mine', writeFiles({ 'a.txt': 'x' }), results.directory);
  await results.actAs({ runId: 'run-2' });
  expect((await client.listArtifacts()).artifacts).toEqual([]);
  await expect(client.downloadArtifact(id ?? 0, { path: results.directory })).rejects.toThrow(
    /No artifacts found/,
  );
});

test('a token says for which run it is: naming another run is refused', async () => {
  const body = { workflow_run_backend_id: 'run-2', workflow_job_run_backend_id: 'x' };
  const answer = await callTwirp('ArtifactService/ListArtifacts', body);
  expect(answer.status).toBe(403);
  expect(await answer.json()).toMatchObject({ code: 'permission_denied' });
});

test('without a token, with a wrong one or with a changed signature nothing is served', async () => {
  const { id } = await client.uploadArtifact('a', writeFiles({ 'a.txt': 'x' }), results.directory);
  for (const token of ['', 'x.y.z']) {
    const answer = await callTwirp('ArtifactService/ListArtifacts', {}, token);
    expect(answer.status).toBe(401);
  }
  const unsigned = await fetch(`${results.server.url}artifacts/${id}?se=99999999999&sig=AAAA`);
  expect(unsigned.status).toBe(403);
});

test.each(['../up', 'a/b', 'a\\b', 'a:b', 'a\nb', '', 'n'.repeat(257)])(
  'the name %j is refused by the server too, whatever the client allows',
  async (name) => {
    const ids = { workflow_run_backend_id: 'run-1', workflow_job_run_backend_id: 'x' };
    const answer = await callTwirp('ArtifactService/CreateArtifact', { ...ids, name, version: 4 });
    expect(answer.status).toBe(400);
  },
);

test('an upload that is never finalized is not listed, and its bytes go with the server', async () => {
  const ids = { workflow_run_backend_id: 'run-1', workflow_job_run_backend_id: 'x' };
  const created = await callTwirp('ArtifactService/CreateArtifact', { ...ids, name: 'cut', version: 4 });
  const { signed_upload_url: url } = (await created.json()) as { signed_upload_url: string };
  const put = await fetch(`${url}&comp=block&blockid=AAAA`, { method: 'PUT', body: randomBytes(1000) });
  expect(put.status).toBe(201);
  expect((await client.listArtifacts()).artifacts).toEqual([]);
  await results.server.close();
  expect(readdirSync(path.join(results.directory, 'blobs', 'uploads'))).toEqual([]);
  results = await openResults({ directory: results.directory });
});

test('a finalize that announces another size or digest is refused and leaves nothing', async () => {
  const ids = { workflow_run_backend_id: 'run-1', workflow_job_run_backend_id: 'x' };
  for (const wrong of [{ size: '7' }, { size: '4', hash: `sha256:${'0'.repeat(64)}` }]) {
    const created = await callTwirp('ArtifactService/CreateArtifact', { ...ids, name: 'w', version: 4 });
    const { signed_upload_url: url } = (await created.json()) as { signed_upload_url: string };
    await fetch(url, { method: 'PUT', body: 'four' });
    const answer = await callTwirp('ArtifactService/FinalizeArtifact', { ...ids, name: 'w', ...wrong });
    expect(answer.status).toBe(400);
  }
  expect((await client.listArtifacts()).artifacts).toEqual([]);
  expect(blobsIn(results.directory)).toEqual([]);
});

test('an artifact over the size limit is refused', async () => {
  await results.close();
  results = await openResults({ limits: { maxUploadBytes: 1_000 } });
  await results.actAs();
  const ids = { workflow_run_backend_id: 'run-1', workflow_job_run_backend_id: 'x' };
  const created = await callTwirp('ArtifactService/CreateArtifact', { ...ids, name: 'w', version: 4 });
  const { signed_upload_url: url } = (await created.json()) as { signed_upload_url: string };
  const put = await fetch(url, { method: 'PUT', body: randomBytes(1_001) });
  expect(put.status).toBe(413);
});

test('the same content uploaded under two names is kept once', async () => {
  const ids = { workflow_run_backend_id: 'run-1', workflow_job_run_backend_id: 'x' };
  for (const name of ['one', 'two']) {
    const created = await callTwirp('ArtifactService/CreateArtifact', { ...ids, name, version: 4 });
    const { signed_upload_url: url } = (await created.json()) as { signed_upload_url: string };
    await fetch(url, { method: 'PUT', body: 'same bytes' });
    await callTwirp('ArtifactService/FinalizeArtifact', { ...ids, name, size: '10' });
  }
  expect(blobsIn(results.directory)).toHaveLength(1);
  await client.deleteArtifact('one');
  expect(blobsIn(results.directory)).toHaveLength(1);
});

test('an artifact past its retention is gone', async () => {
  await results.close();
  let now = Date.now();
  results = await openResults({ now: () => now });
  await results.actAs();
  await client.uploadArtifact('short', writeFiles({ 'a.txt': 'x' }), results.directory, { retentionDays: 1 });
  now += 25 * 60 * 60 * 1000;
  await results.actAs();
  expect((await client.listArtifacts()).artifacts).toEqual([]);
});

function writeFiles(files: Record<string, string | Buffer>): string[] {
  return Object.entries(files).map(([name, content]) => {
    const file = path.join(results.directory, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, content);
    return file;
  });
}

function callTwirp(
  method: string,
  body: unknown,
  token = process.env.ACTIONS_RUNTIME_TOKEN,
): Promise<Response> {
  return fetch(`${results.server.url}twirp/github.actions.results.api.v1.${method}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
}

function blobsIn(directory: string): string[] {
  const root = path.join(directory, 'blobs', 'sha256');
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => entry.name);
}

function sha256(content: Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}
