import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DefaultArtifactClient } from '@actions/artifact';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { GitRepository } from '../git-repository.ts';
import { runSlipway } from '../slipway-process.ts';
import { writeZip } from '../zip-writer.ts';
import {
  openRepositoryWithResults,
  type RepositoryWithResults,
  uploadBytes,
} from './repository-with-results.ts';

const client = new DefaultArtifactClient();
let opened: RepositoryWithResults;

beforeEach(async () => {
  opened = await openRepositoryWithResults();
});
afterEach(() => opened.close());

describe('slipway artifacts', () => {
  it('lists what there is, newest first, of all runs or of one, for people and programs', async () => {
    await uploadBytes('first', writeZip([{ name: 'a.txt', content: 'a' }]));
    await opened.results.actAs({ runId: 'run-2', jobKey: 'test' });
    const file = join(opened.repository.path, 'README.md');
    await client.uploadArtifact('coverage', [file], opened.repository.path);
    const all = await opened.slipway('artifacts');
    expect(all.status).toBe(0);
    expect(all.stdout).toMatch(
      /^coverage {2}\s*\d+ B {2}run 2 {2}\d{4}-\d\d-\d\d \d\d:\d\d\nfirst .*run 1 .*\n$/,
    );
    const one = await opened.slipway('artifacts', 'list', '--run', '1', '--json');
    expect(
      one.stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line)),
    ).toMatchObject([{ name: 'first', run: 1, job: 'build', untrusted: false }]);
  });

  it('downloads what the official client uploaded, links followed, and says where it is', async () => {
    const names = ['-dash', 'a..b', 'sp ace', 'ümlaut', 'deep/er/file', '.hidden'];
    const from = join(opened.repository.home, 'upload');
    const files = names.map((name) => join(from, name));
    for (const [index, file] of files.entries()) {
      mkdirSync(join(file, '..'), { recursive: true });
      writeFileSync(file, `content ${index}`);
    }
    symlinkSync(join(from, 'deep/er/file'), join(from, 'link'));
    await client.uploadArtifact('report', [...files, join(from, 'link')], from);
    const result = await opened.slipway('artifacts', 'download', 'report');
    expect(result).toMatchObject({ status: 0, stderr: '' });
    const target = join(opened.repository.path, 'report');
    expect(result.stdout).toBe(`${target}: 7 files\n`);
    for (const [index, name] of names.entries())
      expect(readFileSync(join(target, name), 'utf8')).toBe(`content ${index}`);
    expect(readFileSync(join(target, 'link'), 'utf8')).toBe('content 4');
    expect(statSync(target).mode & 0o777).toBe(0o777 & ~process.umask());
  });

  it('takes the newest of a name, or that of the run that is named, and never writes over files', async () => {
    await uploadBytes('out', writeZip([{ name: 'n', content: 'old' }]));
    await opened.results.actAs({ runId: 'run-2' });
    const file = join(opened.repository.home, 'n');
    writeFileSync(file, 'new');
    await client.uploadArtifact('out', [file], opened.repository.home);
    await opened.slipway('artifacts', 'download', 'out');
    expect(readFileSync(join(opened.repository.path, 'out/n'), 'utf8')).toBe('new');
    const again = await opened.slipway('artifacts', 'download', 'out', '--run', '1');
    expect(again.status).toBe(1);
    expect(again.stderr).toContain('is not empty');
    const other = await opened.slipway('artifacts', 'download', 'out', '--run', '1', '--dir', 'deep/old');
    expect(other.status).toBe(0);
    expect(readFileSync(join(opened.repository.path, 'deep/old/n'), 'utf8')).toBe('old');
  });

  it('writes an artifact that is no archive as the file that it is, and any with --zip', async () => {
    await uploadBytes('page.html', Buffer.from('<p>'), 'text/html');
    const first = await opened.slipway('artifacts', 'download', 'page.html', '--dir', 'site');
    expect(first.stdout).toBe(`${join(opened.repository.path, 'site/page.html')}: 1 file\n`);
    expect(readFileSync(join(opened.repository.path, 'site/page.html'), 'utf8')).toBe('<p>');
    const second = await opened.slipway('artifacts', 'download', 'page.html', '--dir', 'site');
    expect(second.status).toBe(1);
    expect(second.stderr).toContain('exists already');
    const packed = writeZip([{ name: '../x', content: 'x' }]);
    await uploadBytes('packed', packed);
    await opened.slipway('artifacts', 'download', 'packed', '--zip', '--dir', 'site');
    expect(readFileSync(join(opened.repository.path, 'site/packed.zip')).equals(packed)).toBe(true);
  });

  it('deletes one, and asks which if several runs have it', async () => {
    await uploadBytes('out', writeZip([{ name: 'n' }]));
    await opened.results.actAs({ runId: 'run-2' });
    await client.uploadArtifact('out', [join(opened.repository.path, 'README.md')], opened.repository.path);
    const unclear = await opened.slipway('artifacts', 'delete', 'out');
    expect(unclear.status).toBe(2);
    expect(unclear.stderr).toContain("several runs have an artifact 'out': 2, 1");
    expect(await opened.slipway('artifacts', 'delete', 'out', '--run', '1')).toMatchObject({ status: 0 });
    expect((await opened.slipway('artifacts')).stdout).toMatch(/^out .* run 2 .*\n$/);
  });

  it('refuses what it does not know with what was meant', async () => {
    await uploadBytes('coverage', writeZip([{ name: 'n' }]));
    for (const [args, message, mend] of [
      [['download', 'coverge'], "there is no artifact 'coverge'", 'Did you mean coverage?'],
      [['download'], 'which artifact to download?', 'slipway artifacts download NAME'],
      [['donwload', 'x'], "artifacts cannot 'donwload'", 'Did you mean download?'],
      [['list', '--run', '9'], '--run 9: there is no such run', "Run 'slipway runs'"],
      [['delete', 'coverage', 'more'], "unexpected argument 'more'", '--help'],
    ] as const) {
      const result = await opened.slipway('artifacts', ...args);
      expect(result.status, message).toBe(2);
      expect(result.stderr).toContain(message);
      expect(result.stderr).toContain(mend);
    }
  });

  it('says why when a folder cannot be written, and when the store is damaged', async () => {
    await uploadBytes('out', writeZip([{ name: 'n' }]));
    const blocked = await opened.slipway('artifacts', 'download', 'out', '--dir', 'README.md/below');
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

  it('a download is the same bytes, however large', async () => {
    const content = Buffer.alloc(40_000_000, 'slipway ');
    for (let at = 0; at < content.length; at += 97) content[at] = at % 251;
    const file = join(opened.repository.home, 'large');
    writeFileSync(file, content);
    await client.uploadArtifact('large', [file], opened.repository.home);
    await opened.slipway('artifacts', 'download', 'large');
    const sha = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');
    expect(sha(readFileSync(join(opened.repository.path, 'large/large')))).toBe(sha(content));
  });
});
