import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { DefaultArtifactClient } from '@actions/artifact';
import { saveCache } from '@actions/cache';
import { afterEach, beforeEach, describe, expect, it, test } from 'vitest';
import { GitRepository } from '../git-repository.ts';
import { openResults, type ResultsFixture } from '../results/results-fixture.ts';
import { runSlipway, type SlipwayResult } from '../slipway-process.ts';
import { writeCrowdedZip, writeZip } from '../zip-writer.ts';

let repository: GitRepository;
let results: ResultsFixture;
const client = new DefaultArtifactClient();
const startedIn = process.cwd();

/** The repository with a results service of its own, and two runs that were made. */
beforeEach(async () => {
  repository = new GitRepository({ 'README.md': 'x' });
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
  results = await openResults({ directory });
  await results.actAs();
});
afterEach(async () => {
  process.chdir(startedIn);
  await results.close();
  repository.remove();
});

function slipway(...args: string[]): Promise<SlipwayResult> {
  return runSlipway(args, { cwd: repository.path, env: { SLIPWAY_HOME: repository.home, NO_COLOR: '1' } });
}

/** As a job does it that uses no client: any bytes become an artifact. */
async function upload(name: string, content: Buffer, mimeType = 'application/zip'): Promise<void> {
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

describe('slipway artifacts', () => {
  it('lists what there is, newest first, of all runs or of one, for people and programs', async () => {
    await upload('first', writeZip([{ name: 'a.txt', content: 'a' }]));
    await results.actAs({ runId: 'run-2', jobKey: 'test' });
    const file = join(repository.path, 'README.md');
    await client.uploadArtifact('coverage', [file], repository.path);
    const all = await slipway('artifacts');
    expect(all.status).toBe(0);
    expect(all.stdout).toMatch(
      /^coverage {2}\s*\d+ B {2}run 2 {2}\d{4}-\d\d-\d\d \d\d:\d\d\nfirst .*run 1 .*\n$/,
    );
    const one = await slipway('artifacts', 'list', '--run', '1', '--json');
    expect(
      one.stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line)),
    ).toMatchObject([{ name: 'first', run: 1, job: 'build', untrusted: false }]);
  });

  it('downloads what the official client uploaded, links followed, and says where it is', async () => {
    const names = ['-dash', 'a..b', 'sp ace', 'ümlaut', 'deep/er/file', '.hidden'];
    const from = join(repository.home, 'upload');
    const files = names.map((name) => join(from, name));
    for (const [index, file] of files.entries()) {
      mkdirSync(join(file, '..'), { recursive: true });
      writeFileSync(file, `content ${index}`);
    }
    symlinkSync(join(from, 'deep/er/file'), join(from, 'link'));
    await client.uploadArtifact('report', [...files, join(from, 'link')], from);
    const result = await slipway('artifacts', 'download', 'report');
    expect(result).toMatchObject({ status: 0, stderr: '' });
    const target = join(repository.path, 'report');
    expect(result.stdout).toBe(`${target}: 7 files\n`);
    for (const [index, name] of names.entries())
      expect(readFileSync(join(target, name), 'utf8')).toBe(`content ${index}`);
    expect(readFileSync(join(target, 'link'), 'utf8')).toBe('content 4');
    expect(statSync(target).mode & 0o777).toBe(0o777 & ~process.umask());
  });

  it('takes the newest of a name, or that of the run that is named, and never writes over files', async () => {
    await upload('out', writeZip([{ name: 'n', content: 'old' }]));
    await results.actAs({ runId: 'run-2' });
    const file = join(repository.home, 'n');
    writeFileSync(file, 'new');
    await client.uploadArtifact('out', [file], repository.home);
    await slipway('artifacts', 'download', 'out');
    expect(readFileSync(join(repository.path, 'out/n'), 'utf8')).toBe('new');
    const again = await slipway('artifacts', 'download', 'out', '--run', '1');
    expect(again.status).toBe(1);
    expect(again.stderr).toContain('is not empty');
    const other = await slipway('artifacts', 'download', 'out', '--run', '1', '--dir', 'deep/old');
    expect(other.status).toBe(0);
    expect(readFileSync(join(repository.path, 'deep/old/n'), 'utf8')).toBe('old');
  });

  it('writes an artifact that is no archive as the file that it is, and any with --zip', async () => {
    await upload('page.html', Buffer.from('<p>'), 'text/html');
    const first = await slipway('artifacts', 'download', 'page.html', '--dir', 'site');
    expect(first.stdout).toBe(`${join(repository.path, 'site/page.html')}: 1 file\n`);
    expect(readFileSync(join(repository.path, 'site/page.html'), 'utf8')).toBe('<p>');
    const second = await slipway('artifacts', 'download', 'page.html', '--dir', 'site');
    expect(second.status).toBe(1);
    expect(second.stderr).toContain('exists already');
    const packed = writeZip([{ name: '../x', content: 'x' }]);
    await upload('packed', packed);
    await slipway('artifacts', 'download', 'packed', '--zip', '--dir', 'site');
    expect(readFileSync(join(repository.path, 'site/packed.zip')).equals(packed)).toBe(true);
  });

  it('deletes one, and asks which if several runs have it', async () => {
    await upload('out', writeZip([{ name: 'n' }]));
    await results.actAs({ runId: 'run-2' });
    await client.uploadArtifact('out', [join(repository.path, 'README.md')], repository.path);
    const unclear = await slipway('artifacts', 'delete', 'out');
    expect(unclear.status).toBe(2);
    expect(unclear.stderr).toContain("several runs have an artifact 'out': 2, 1");
    expect(await slipway('artifacts', 'delete', 'out', '--run', '1')).toMatchObject({ status: 0 });
    expect((await slipway('artifacts')).stdout).toMatch(/^out .* run 2 .*\n$/);
  });

  it('refuses what it does not know with what was meant', async () => {
    await upload('coverage', writeZip([{ name: 'n' }]));
    for (const [args, message, mend] of [
      [['download', 'coverge'], "there is no artifact 'coverge'", 'Did you mean coverage?'],
      [['download'], 'which artifact to download?', 'slipway artifacts download NAME'],
      [['donwload', 'x'], "artifacts cannot 'donwload'", 'Did you mean download?'],
      [['list', '--run', '9'], '--run 9: there is no such run', "Run 'slipway runs'"],
      [['delete', 'coverage', 'more'], "unexpected argument 'more'", '--help'],
    ] as const) {
      const result = await slipway('artifacts', ...args);
      expect(result.status, message).toBe(2);
      expect(result.stderr).toContain(message);
      expect(result.stderr).toContain(mend);
    }
  });

  it('says why when a folder cannot be written, and when the store is damaged', async () => {
    await upload('out', writeZip([{ name: 'n' }]));
    const blocked = await slipway('artifacts', 'download', 'out', '--dir', 'README.md/below');
    expect(blocked.status).toBe(1);
    expect(blocked.stderr).toMatch(/^slipway: cannot write .*README.md\/below: ENOTDIR/);
    const damaged = new GitRepository({ '.slipway/results/slipway.db': 'no database at all'.repeat(100) });
    const env = { SLIPWAY_HOME: damaged.home };
    for (const command of ['artifacts', 'cache']) {
      const result = await runSlipway([command], { cwd: damaged.path, env });
      expect(result.status).toBe(2);
      expect(result.stderr).toContain('cannot open the store');
    }
    damaged.remove();
  });

  it('makes nothing only to look', async () => {
    const empty = new GitRepository({ 'README.md': 'x' });
    const options = { cwd: empty.path, env: { SLIPWAY_HOME: empty.home } };
    expect(await runSlipway(['artifacts'], options)).toMatchObject({ status: 0, stdout: 'No artifacts.\n' });
    expect(await runSlipway(['cache'], options)).toMatchObject({ status: 0, stdout: 'Nothing is cached.\n' });
    expect((await runSlipway(['artifacts', 'download', 'x'], options)).status).toBe(2);
    expect(existsSync(join(empty.path, '.slipway'))).toBe(false);
    empty.remove();
  });
});

describe('an archive that does harm is not unpacked', () => {
  const zeros = Buffer.alloc(300 * 1024 * 1024);
  test.each([
    [
      'a name that leads out',
      () => writeZip([{ name: 'ok' }, { name: '../evil', content: 'x' }]),
      'invalid relative path',
    ],
    [
      'such a name deeper in',
      () => writeZip([{ name: 'a/../../evil', content: 'x' }]),
      'invalid relative path',
    ],
    ['an absolute path', () => writeZip([{ name: '/tmp/slipway-evil', content: 'x' }]), 'absolute path'],
    ['a drive letter', () => writeZip([{ name: 'C:/evil', content: 'x' }]), 'absolute path'],
    ['backslashes', () => writeZip([{ name: '..\\evil', content: 'x' }]), 'invalid characters'],
    [
      'a symbolic link, and a file below it',
      () =>
        writeZip([
          { name: 'way', content: '/tmp', mode: 0o120777 },
          { name: 'way/evil', content: 'x' },
        ]),
      "'way' is a symbolic link",
    ],
    ['a device', () => writeZip([{ name: 'tty', mode: 0o020666 }]), 'neither a file nor a folder'],
    ['one name twice', () => writeZip([{ name: 'a' }, { name: 'a' }]), "has 'a' twice"],
    ['a bomb', () => writeZip([{ name: 'zeros', content: zeros }]), 'unpack to more than'],
    [
      'a bomb that says it is small',
      () => writeZip([{ name: 'zeros', content: zeros.subarray(0, 1_000_000), claimedSize: 10 }]),
      'too many bytes',
    ],
    ['a million entries', () => writeCrowdedZip(1_000_000), '1,000,000 entries'],
    ['no archive', () => Buffer.from('not a zip file'), 'not unpacked'],
  ])(
    '%s',
    async (_, archive, reason) => {
      await upload('evil', archive());
      const before = readdirSync(repository.path);
      const result = await slipway('artifacts', 'download', 'evil');
      expect(result.stderr).toContain("the artifact 'evil' is not unpacked");
      expect(result.stderr).toContain(reason);
      expect(result.status).toBe(1);
      expect(readdirSync(repository.path)).toEqual(before);
      expect(existsSync('/tmp/slipway-evil')).toBe(false);
    },
    60_000,
  );
});

describe('slipway cache', () => {
  beforeEach(async () => {
    process.chdir(repository.path);
    for (const key of ['npm-1', 'npm-2']) {
      writeFileSync('deps', key);
      await saveCache(['deps'], key);
    }
  });

  it('lists the entries for people and programs', async () => {
    const { status, stdout } = await slipway('cache');
    expect(status).toBe(0);
    expect(stdout).toMatch(/^npm-2 {2}refs\/heads\/main {2}\d+ B {2}used \d{4}-.*\nnpm-1 .*\n$/);
    const [newest] = (await slipway('cache', 'list', '--json')).stdout.split('\n');
    expect(JSON.parse(newest ?? '')).toMatchObject({
      key: 'npm-2',
      ref: 'refs/heads/main',
      repository: 'octo/app',
    });
  });

  it('deletes by key, and everything with --all; the bytes leave the disk', async () => {
    expect((await slipway('cache', 'delete', 'npm-1')).stdout).toMatch(/^deleted 1 cache entry, \d+ B\n$/);
    expect((await slipway('cache')).stdout).toMatch(/^npm-2 .*\n$/);
    await slipway('cache', 'delete', '--all');
    expect((await slipway('cache')).stdout).toBe('Nothing is cached.\n');
    const blobs = readdirSync(join(results.directory, 'blobs/sha256'), { recursive: true, encoding: 'utf8' });
    expect(blobs.filter((name) => name.includes('/'))).toEqual([]);
  });

  it('prunes what was not used for some days', async () => {
    expect((await slipway('cache', 'prune')).stdout).toMatch(/^deleted 0 cache entries, 0 B\n/);
    expect((await slipway('cache', 'prune', '--unused-for', '0')).stdout).toMatch(/^deleted 2 cache entries/);
  });

  it('refuses what it does not know with what was meant', async () => {
    for (const [args, message, mend] of [
      [['delete', 'npm-3'], "nothing is cached under 'npm-3'", 'Did you mean npm-'],
      [['delete'], 'delete takes a key or --all', 'KEY'],
      [['delete', 'npm-1', '--all'], 'delete takes a key or --all', 'KEY'],
      [['clear'], "cache cannot 'clear'", 'prune'],
      [['prune', '--unused-for', 'long'], '--unused-for long', 'DAYS'],
    ] as const) {
      const result = await slipway('cache', ...args);
      expect(result.status, message).toBe(2);
      expect(result.stderr).toContain(message);
      expect(result.stderr).toContain(mend);
    }
  });
});

it('a download is the same bytes, however large', async () => {
  const content = Buffer.alloc(40_000_000, 'slipway ');
  for (let at = 0; at < content.length; at += 97) content[at] = at % 251;
  const file = join(repository.home, 'large');
  writeFileSync(file, content);
  await client.uploadArtifact('large', [file], repository.home);
  await slipway('artifacts', 'download', 'large');
  const sha = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');
  expect(sha(readFileSync(join(repository.path, 'large/large')))).toBe(sha(content));
});
