import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { type Served, serveForTest, workflow } from './served.ts';

/** A file system of its own, or a reason why there is none. */
function mountDisk(megabytes: number): string | null {
  const disk = mkdtempSync(path.join(tmpdir(), 'slipway-disk-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', disk], { stdio: 'ignore' });
    return disk;
  } catch {
    rmSync(disk, { recursive: true });
    return null;
  }
}

function unmount(disk: string): void {
  execFileSync('umount', ['--lazy', disk]);
  rmSync(disk, { recursive: true, force: true });
}

function fill(disk: string): string {
  const filler = path.join(disk, 'filler');
  expect(() => execFileSync('dd', ['if=/dev/zero', `of=${filler}`, 'bs=64k'], { stdio: 'ignore' })).toThrow();
  return filler;
}

/** Asks GitHub's API of the server. */
async function askGithub({ server, token }: Served, method: string, at: string, body: object) {
  const response = await fetch(`${server.url}/api${at}`, {
    method,
    headers: { authorization: `token ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  // biome-ignore lint/suspicious/noExplicitAny: whatever it says
  return { status: response.status, body: (await response.json()) as any };
}

test('a disk that is full in the middle of a job delays what it says, and nothing of it is lost', async (context) => {
  const disk = mountDisk(24);
  if (disk === null) return context.skip('no file system can be mounted here');
  // Only what hits the wall says so: the watch is off.
  const served = await serveForTest({ data: path.join(disk, 'data'), minFreeBytes: 0 });
  try {
    const flag = path.join(served.home, 'flag');
    const clone = await served.project('octo/full', {
      ...workflow(
        'ci.yml',
        `on: [push, workflow_dispatch]
jobs:
  talk:
    runs-on: ubuntu-latest
    steps:
      - run: echo begun; while [ ! -e ${flag} ]; do sleep 0.1; done; seq 1 20000; echo end of it
`,
      ),
    });
    await clone.git('push', '--quiet', 'origin', 'main');
    const { id } = await served.job(1, 'talk', ({ status }) => status === 'in_progress');
    const filler = fill(disk);
    writeFileSync(flag, '');
    // The runner says everything at once and is refused; a new dispatch is too, with a clear code.
    const refused = await served.ask('POST', '/projects/octo/full/dispatches', { workflow: 'ci.yml' });
    expect(refused).toMatchObject({ status: 507, body: { error: { code: 'storage-full' } } });
    expect((await served.ask('GET', '/runs/1')).body).toMatchObject({ status: 'in_progress' });
    rmSync(filler);
    expect(await served.finished(1)).toMatchObject({ conclusion: 'success' });
    const { body: log } = await served.ask<string>('GET', `/jobs/${id}/log`);
    const numbers = [...log.matchAll(/^(\d+)$/gm)].map(([, number]) => Number(number));
    expect(numbers).toEqual(Array.from({ length: 20_000 }, (_, index) => index + 1));
    expect(log).toContain('end of it');
    expect((await served.ask('POST', '/projects/octo/full/dispatches', { workflow: 'ci.yml' })).status).toBe(
      201,
    );
  } finally {
    await served.close();
    unmount(disk);
  }
}, 120_000);

test("whatever hits the wall, GitHub's API says that the disk is full, as the server's own does", async (context) => {
  const disk = mountDisk(16);
  if (disk === null) return context.skip('no file system can be mounted here');
  const served = await serveForTest({ data: path.join(disk, 'data'), minFreeBytes: 0, labels: [] });
  try {
    const clone = await served.project('octo/full', { 'a.txt': 'a' });
    await clone.git('push', '--quiet', 'origin', 'main');
    const sha = await clone.git('rev-parse', 'HEAD');
    fill(disk);
    const full = { status: 507, body: { message: expect.stringContaining('disk of the server is full') } };
    const content = randomBytes(200_000).toString('base64');
    const repository = '/v3/repos/octo/full';
    const put = { message: 'add it', content };
    // Git says it in words, the store by a code.
    expect(await askGithub(served, 'PUT', `${repository}/contents/b.bin`, put)).toMatchObject(full);
    const entry = { path: 'b', mode: '100644', content };
    expect(await askGithub(served, 'POST', `${repository}/git/trees`, { tree: [entry] })).toMatchObject(full);
    const description = 'x'.repeat(100);
    const statuses = await Promise.all(
      Array.from({ length: 200 }, (_, index) => {
        const status = { state: 'success', context: `c/${index}`, description };
        return askGithub(served, 'POST', `${repository}/statuses/${sha}`, status);
      }),
    );
    expect(statuses.find(({ status }) => status !== 201)).toMatchObject(full);
  } finally {
    await served.close();
    unmount(disk);
  }
}, 120_000);

test('while the disk is full, no interface takes what would be written to a repository', async () => {
  let freeBytes = 2_000_000;
  const served = await serveForTest({
    labels: [],
    minFreeBytes: 1_000_000,
    freeBytes: async () => freeBytes,
  });
  try {
    const clone = await served.project('octo/full', { 'a.txt': 'a' });
    await clone.git('push', '--quiet', 'origin', 'main');
    await clone.git('switch', '--quiet', '-c', 'topic');
    const sha = await clone.commit('more');
    await clone.git('push', '--quiet', 'origin', 'topic');
    const pull = { title: 'More', head: 'topic', base: 'main' };
    const opened = await askGithub(served, 'POST', '/v3/repos/octo/full/pulls', pull);
    freeBytes = 0;
    while ((await fetch(`${served.server.url}/readyz`)).status !== 507) {
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    const repository = path.join(served.data, 'repositories', 'octo', 'full.git');
    const objects = () => execFileSync('git', ['count-objects'], { cwd: repository, encoding: 'utf8' });
    const before = objects();
    const content = Buffer.from('b').toString('base64');
    const put = { message: 'add it', content };
    const refused = { status: 507 };
    const at = '/v3/repos/octo/full';
    expect(await askGithub(served, 'PUT', `${at}/contents/b.txt`, put)).toMatchObject(refused);
    const ref = { ref: 'refs/heads/new', sha };
    expect(await askGithub(served, 'POST', `${at}/git/refs`, ref)).toMatchObject(refused);
    expect(await askGithub(served, 'POST', `${at}/git/blobs`, { content: 'b' })).toMatchObject(refused);
    expect(await askGithub(served, 'PATCH', `${at}/pulls/1`, { title: 'x' })).toMatchObject(refused);
    expect(await askGithub(served, 'PUT', `${at}/pulls/1/merge`, {})).toMatchObject(refused);
    const own = '/projects/octo/full/pull-requests/1/merge';
    expect(await served.ask('POST', own, { method: 'merge' })).toMatchObject(refused);
    const mutation =
      'mutation($id: ID!) { mergePullRequest(input: { pullRequestId: $id }) { pullRequest { number } } }';
    const merge = { query: mutation, variables: { id: opened.body.node_id } };
    const { body: answer } = await askGithub(served, 'POST', '/graphql', merge);
    expect(answer.errors).toMatchObject([{ message: expect.stringContaining('disk of the server is full') }]);
    expect(objects()).toBe(before);
  } finally {
    await served.close();
  }
}, 120_000);
