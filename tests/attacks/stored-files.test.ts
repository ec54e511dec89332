import { existsSync, mkdirSync, mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { GitRepository } from '../git-repository.ts';
import { openResults, type ResultsFixture } from '../results/results-fixture.ts';
import { type Clone, type Served, serveForTest, workflow } from '../server/served.ts';
import { runSlipway } from '../slipway-process.ts';
import { writeCrowdedZip, writeZip } from '../zip-writer.ts';
import { type JobRuntime, leakingAction, runtimeOf } from './runtime-of-job.ts';

let served: Served;
let folder: string;
/** What jobs of `octo/app` on main and on two branches, and one of `octo/other`, may use caches by. */
const runtimes: Record<'main' | 'topic' | 'sibling' | 'other', JobRuntime> = {} as never;

beforeAll(async () => {
  served = await serveForTest({ slots: 4 });
  folder = mkdtempSync(path.join(tmpdir(), 'slipway-attack-'));
  const app = await leaking('octo/app');
  const other = await leaking('octo/other');
  for (const [clone, branch, name] of [
    [app, 'main', 'main'],
    [app, 'topic', 'topic'],
    [app, 'sibling', 'sibling'],
    [other, 'main', 'other'],
  ] as const) {
    await clone.git('push', '--quiet', 'origin', `main:${branch}`);
    const [run] = await served.runs(`?project=${clone.name}&ref=${branch}`);
    const file = path.join(folder, `${clone.name.replace('/', '-')}-${branch}`);
    while (!existsSync(file)) {
      const { status } = await served.job(run?.id ?? 0, 'leak', () => true);
      expect(status).not.toBe('completed');
      await delay(100);
    }
    runtimes[name] = runtimeOf(file);
  }
}, 120_000);
afterAll(async () => {
  await served.close();
  await rm(folder, { recursive: true, force: true });
});

function leaking(name: string): Promise<Clone> {
  return served.project(name, {
    ...leakingAction,
    ...workflow(
      'leak.yml',
      `on: push
jobs:
  leak:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - uses: ./leak
        with: { file: "${folder}/${name.replace('/', '-')}-\${{ github.ref_name }}" }
      - run: while [ ! -e ${folder}/over ]; do sleep 0.1; done
`,
    ),
  });
}

const version = 'a'.repeat(64);

async function save(runtime: JobRuntime, key: string, content = 'cached'): Promise<void> {
  const made = await runtime.call('Cache', 'CreateCacheEntry', { key, version });
  expect(made.status).toBe(200);
  const put = await fetch(String(made.body.signed_upload_url), {
    method: 'PUT',
    headers: { 'x-ms-blob-type': 'BlockBlob' },
    body: content,
  });
  expect(put.status).toBe(201);
  const size_bytes = String(content.length);
  const ended = await runtime.call('Cache', 'FinalizeCacheEntryUpload', { key, version, size_bytes });
  expect(ended.status).toBe(200);
}
const find = (runtime: JobRuntime, key: string, token?: string | null) =>
  runtime.call('Cache', 'GetCacheEntryDownloadURL', { key, version, restore_keys: [key] }, token);

test('7 the cache of another repository is not found, and without a token or with another nothing is', async () => {
  await save(runtimes.main, 'seven');
  const own = await find(runtimes.main, 'seven');
  expect(own).toMatchObject({ status: 200, body: { ok: true } });
  expect(await find(runtimes.other, 'seven')).toMatchObject({ status: 200, body: { ok: false } });
  for (const token of [null, 'wrong', served.token, forged(runtimes.other.token)]) {
    expect(await find(runtimes.main, 'seven', token)).toMatchObject({ status: 401 });
  }
  const link = new URL(String(own.body.signed_download_url));
  expect((await fetch(link)).status).toBe(200);
  const unsigned = new URL(link.pathname, link);
  const another = new URL(link);
  another.pathname = link.pathname.replace(/\d+$/, (id) => String(Number(id) + 1));
  for (const changed of [unsigned, another]) {
    expect([401, 403]).toContain((await fetch(changed)).status);
  }
});

/** The same token, of another repository as it says. */
function forged(token: string): string {
  const [head, body = '', signature] = token.split('.');
  const claims = Buffer.from(body, 'base64url').toString().replaceAll('octo/other', 'octo/app');
  return `${head}.${Buffer.from(claims).toString('base64url')}.${signature}`;
}

test('8 the cache of a sibling branch is missed, that of the default branch is found', async () => {
  await save(runtimes.sibling, 'eight-of-sibling');
  await save(runtimes.main, 'eight-of-main');
  expect((await find(runtimes.topic, 'eight-of-sibling')).body).toEqual({ ok: false });
  expect((await find(runtimes.main, 'eight-of-sibling')).body).toEqual({ ok: false });
  expect((await find(runtimes.topic, 'eight-of-main')).body).toMatchObject({ ok: true });
  expect((await find(runtimes.sibling, 'eight-of-sibling')).body).toMatchObject({ ok: true });
});

/** Any bytes become an artifact: a job need not use a client. */
async function upload(
  runtime: Pick<JobRuntime, 'call'>,
  ids: { run: string; job: string },
  { name, content }: { name: string; content: Buffer },
): Promise<{ status: number; body: Record<string, unknown> }> {
  const of = { workflow_run_backend_id: ids.run, workflow_job_run_backend_id: ids.job, name };
  const made = await runtime.call('Artifact', 'CreateArtifact', {
    ...of,
    version: 7,
    mime_type: 'application/zip',
  });
  if (made.status !== 200) return made;
  const url = String(made.body.signed_upload_url ?? made.body.signedUploadUrl);
  const body = new Uint8Array(content);
  const put = await fetch(url, { method: 'PUT', headers: { 'x-ms-blob-type': 'BlockBlob' }, body });
  if (!put.ok) return { status: put.status, body: {} };
  return runtime.call('Artifact', 'FinalizeArtifact', { ...of, size: String(content.length) });
}

describe('an artifact is not unpacked', () => {
  let repository: GitRepository;
  let results: ResultsFixture;
  let local: Pick<JobRuntime, 'call'>;

  beforeAll(async () => {
    repository = new GitRepository({ 'README.md': 'x', '.slipway/.gitignore': '*\n' });
    const record = { runId: 'run-1', number: 1, description: 'push: ci.yml', startedAt: 0 };
    repository.write(
      '.slipway/runs/1/run.json',
      JSON.stringify({ ...record, status: 'finished', conclusion: 'success' }),
    );
    const directory = path.join(repository.path, '.slipway/results');
    mkdirSync(directory);
    results = await openResults({ directory });
    const token = await results.server.tokenFor({
      repository: 'octo/app',
      runId: 'run-1',
      jobKey: 'build',
      ref: 'refs/heads/main',
      readableRefs: [],
      cacheMode: 'write',
      untrusted: true,
    });
    local = {
      async call(service, method, body) {
        const response = await fetch(
          `${results.server.url}twirp/github.actions.results.api.v1.${service}Service/${method}`,
          {
            method: 'POST',
            headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
            body: JSON.stringify(body),
          },
        );
        return { status: response.status, body: (await response.json()) as Record<string, unknown> };
      },
    };
  });
  afterAll(async () => {
    await results.close();
    repository.remove();
  });

  const outside = path.join(tmpdir(), `slipway-outside-${process.pid}`);
  test.each([
    [
      '10 when a name leads out',
      () => writeZip([{ name: '../evil', content: 'x' }]),
      'invalid relative path',
    ],
    ['10 when a name is absolute', () => writeZip([{ name: outside, content: 'x' }]), 'absolute path'],
    [
      '10 when a link leads out',
      () =>
        writeZip([
          { name: 'way', content: tmpdir(), mode: 0o120777 },
          { name: 'way/evil', content: 'x' },
        ]),
      'symbolic link',
    ],
    [
      '11 when it would fill the disk',
      () => writeZip([{ name: 'zeros', content: Buffer.alloc(300 * 1024 ** 2) }]),
      'unpack to more than',
    ],
    ['11 when it has a million entries', () => writeCrowdedZip(1_000_000), '1,000,000 entries'],
  ])(
    '%s',
    async (name, archive, reason) => {
      const made = await upload(
        local,
        { run: 'run-1', job: 'build' },
        { name: name.replaceAll(' ', '-'), content: archive() },
      );
      expect(made.status).toBe(200);
      const before = readdirSync(repository.path);
      const args = ['artifacts', 'download', name.replaceAll(' ', '-')];
      const result = await runSlipway(args, { cwd: repository.path, env: { SLIPWAY_HOME: repository.home } });
      expect(result).toMatchObject({ status: 1, stderr: expect.stringContaining(reason) });
      expect(readdirSync(repository.path)).toEqual(before);
      expect(existsSync(outside)).toBe(false);
    },
    60_000,
  );
});

test('11 and 22 a server takes no more than the quota, and for no run but that of the token, whatever the body says', async () => {
  const { call, token } = runtimes.topic;
  const [, claims = ''] = token.split('.');
  const { scp } = JSON.parse(Buffer.from(claims, 'base64url').toString()) as { scp: string };
  const [, run = '', job = ''] = scp.split(':');
  const small = { name: 'small', content: Buffer.from('x') };
  expect((await upload({ call }, { run, job }, small)).status).toBe(200);
  const [, mains = ''] = runtimes.main.token.split('.');
  const other =
    (JSON.parse(Buffer.from(mains, 'base64url').toString()) as { scp: string }).scp.split(':')[1] ?? '';
  expect(other).not.toBe(run);
  expect((await upload({ call }, { run: other, job }, { ...small, name: 'foreign' })).status).toBe(403);
  expect((await served.ask('GET', `/runs/${other}/artifacts`)).body).toEqual({ artifacts: [] });
  await served.ask('PATCH', '/projects/octo/app', { quotas: { artifacts: 1_000_000 } });
  const bomb = { name: 'bomb', content: Buffer.alloc(2_000_000) };
  const refused = await upload({ call }, { run, job }, bomb);
  expect(refused).toMatchObject({ status: 413, body: { code: 'resource_exhausted' } });
  expect((await served.ask('GET', `/runs/${run}/artifacts`)).body).toMatchObject({
    artifacts: [{ name: 'small' }],
  });
});

test('what a job had for artifacts and caches opens nothing once the job has ended', async () => {
  expect(await find(runtimes.other, 'any')).toMatchObject({ status: 200 });
  writeFileSync(path.join(folder, 'over'), '');
  for (const { id } of await served.runs()) await served.finished(id);
  expect(await find(runtimes.other, 'any')).toMatchObject({ status: 401 });
  const made = runtimes.main.call('Cache', 'CreateCacheEntry', { key: 'late', version });
  expect(await made).toMatchObject({ status: 401 });
});
