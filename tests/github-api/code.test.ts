import { gzipSync } from 'node:zlib';
import type { Octokit } from '@octokit/rest';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { type Clone, type Served, serveForTest, workflow } from '../server/served.ts';
import { octokitOf } from './octokit.ts';

const owner = 'octo';
const repo = 'code';
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });
let served: Served;
let octokit: Octokit;
let clone: Clone;
let head: string;

beforeAll(async () => {
  served = await serveForTest({ labels: [] });
  octokit = octokitOf(served);
  clone = await served.project('octo/code', {
    'README.md': 'hello\n',
    'src/deep/a.txt': 'a\n',
    ...workflow('ci.yml', 'on: push\njobs:\n  a: { runs-on: ubuntu-latest, steps: [{ run: "true" }] }\n'),
  });
  await clone.git('push', '--quiet', 'origin', 'main');
  head = await clone.git('rev-parse', 'HEAD');
}, 60_000);
afterAll(() => served.close());

describe('files of a repository', () => {
  test('are read as they are, as folders and as raw bytes', async () => {
    const { data: file } = await octokit.repos.getContent({ owner, repo, path: 'src/deep/a.txt' });
    expect(file).toMatchObject({
      type: 'file',
      encoding: 'base64',
      content: 'YQo=\n',
      path: 'src/deep/a.txt',
    });
    const { data: folder } = await octokit.repos.getContent({ owner, repo, path: '' });
    expect((folder as { name: string; type: string }[]).map(({ name, type }) => [name, type])).toEqual([
      ['.github', 'dir'],
      ['README.md', 'file'],
      ['src', 'dir'],
    ]);
    const { data: readme } = await octokit.repos.getReadme({ owner, repo, mediaType: { format: 'raw' } });
    expect(String(readme)).toBe('hello\n');
    const missing = octokit.repos.getContent({ owner, repo, path: 'nowhere' });
    await expect(missing).rejects.toMatchObject({ status: 404 });
  });

  test('are changed by commits, and a change of something else than what was read is refused', async () => {
    const put = (content: string, sha?: string) =>
      octokit.repos.createOrUpdateFileContents({
        owner,
        repo,
        path: 'notes/one.md',
        message: `write ${content}`,
        content: Buffer.from(content).toString('base64'),
        ...(sha !== undefined && { sha }),
      });
    const { data: made, status } = await put('one');
    expect(status).toBe(201);
    const sha = made.content?.sha ?? '';
    await expect(put('two')).rejects.toMatchObject({ status: 422 });
    await expect(put('two', 'f'.repeat(40))).rejects.toMatchObject({ status: 409 });
    const { data: changed } = await put('two', sha);
    await clone.git('fetch', '--quiet', 'origin');
    expect(await clone.git('show', 'origin/main:notes/one.md')).toBe('two');
    expect(await clone.git('log', '-1', '--format=%s', 'origin/main')).toBe('write two');
    const runs = await served.runs('?project=octo/code&event=push');
    expect(runs.map((run) => run.sha)).toContain(changed.commit.sha);
    await octokit.repos.deleteFile({
      owner,
      repo,
      path: 'notes/one.md',
      message: 'away',
      sha: changed.content?.sha ?? '',
    });
    await expect(octokit.repos.getContent({ owner, repo, path: 'notes/one.md' })).rejects.toMatchObject({
      status: 404,
    });
    for (const path of ['../out.md', '.git/config', 'a//b']) {
      const answer = await fetch(
        `${served.server.url}/api/v3/repos/octo/code/contents/${encodeURIComponent(path)}`,
        {
          method: 'PUT',
          headers: { authorization: `token ${served.token}`, 'content-type': 'application/json' },
          body: JSON.stringify({ message: 'x', content: '' }),
        },
      );
      expect(answer.status, path).toBe(422);
    }
  });

  test('are made of blobs, trees, commits and refs', async () => {
    const { data: blob } = await octokit.git.createBlob({ owner, repo, content: 'from a blob\n' });
    const { data: base } = await octokit.git.getCommit({ owner, repo, commit_sha: head });
    const { data: tree } = await octokit.git.createTree({
      owner,
      repo,
      base_tree: base.tree.sha,
      tree: [
        { path: 'blob.txt', mode: '100644', type: 'blob', sha: blob.sha },
        { path: 'run.sh', mode: '100755', type: 'blob', content: '#!/bin/sh\n' },
        { path: 'README.md', mode: '100644', type: 'blob', sha: null },
      ],
    });
    expect(tree.tree.map(({ path, mode }) => [path, mode])).toEqual([
      ['.github', '040000'],
      ['blob.txt', '100644'],
      ['run.sh', '100755'],
      ['src', '040000'],
    ]);
    const { data: commit } = await octokit.git.createCommit({
      owner,
      repo,
      message: 'made of parts',
      tree: tree.sha,
      parents: [head],
      author: { name: 'Mona', email: 'mona@example.com', date: '2026-01-02T03:04:05Z' },
    });
    expect(commit.author).toMatchObject({ name: 'Mona', date: '2026-01-02T03:04:05Z' });
    await octokit.git.createRef({ owner, repo, ref: 'refs/heads/parts', sha: commit.sha });
    await expect(
      octokit.git.createRef({ owner, repo, ref: 'refs/heads/parts', sha: head }),
    ).rejects.toMatchObject({ status: 422, message: expect.stringContaining('already exists') });
    await expect(octokit.git.updateRef({ owner, repo, ref: 'heads/parts', sha: head })).rejects.toMatchObject(
      { status: 422, message: expect.stringContaining('fast forward') },
    );
    const { data: tag } = await octokit.git.createTag({
      owner,
      repo,
      tag: 'parts-1',
      message: 'a tag',
      object: commit.sha,
      type: 'commit',
    });
    await octokit.git.createRef({ owner, repo, ref: 'refs/tags/parts-1', sha: tag.sha });
    await clone.git('fetch', '--quiet', '--tags', 'origin');
    expect(await clone.git('cat-file', '-t', 'parts-1')).toBe('tag');
    expect(await clone.git('show', 'parts-1:blob.txt')).toBe('from a blob');
    await octokit.git.updateRef({ owner, repo, ref: 'heads/parts', sha: head, force: true });
    await octokit.git.deleteRef({ owner, repo, ref: 'heads/parts' });
    await expect(octokit.git.getRef({ owner, repo, ref: 'heads/parts' })).rejects.toMatchObject({
      status: 404,
    });
  });

  test('of the server itself cannot be pointed at', async () => {
    const ref = octokit.git.createRef({ owner, repo, ref: 'refs/pull/9/merge', sha: head });
    await expect(ref).rejects.toMatchObject({ status: 422 });
  });
});

describe('findings of scanners', () => {
  const sarif = (results: { line: number; text: string }[]) => ({
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'Trivy',
            version: '0.50',
            rules: [
              {
                id: 'CVE-1',
                shortDescription: { text: 'A hole' },
                defaultConfiguration: { level: 'error' },
                properties: { 'security-severity': '9.8', tags: ['security'] },
              },
            ],
          },
        },
        automationDetails: { id: 'trivy-api/run-7' },
        results: results.map(({ line, text }) => ({
          ruleId: 'CVE-1',
          message: { text },
          locations: [
            {
              physicalLocation: {
                artifactLocation: { uri: 'file:///work/app/package-lock.json' },
                region: { startLine: line },
              },
            },
          ],
        })),
      },
    ],
  });
  const upload = async (content: unknown) => {
    const { data } = await octokit.codeScanning.uploadSarif({
      owner,
      repo,
      commit_sha: head,
      ref: 'refs/heads/main',
      checkout_uri: 'file:///work/app/',
      sarif: gzipSync(JSON.stringify(content)).toString('base64'),
    });
    const read = await octokit.codeScanning.getSarif({ owner, repo, sarif_id: data.id ?? '' });
    return read.data;
  };

  test('are alerts as long as they are found, and fixed when they are not any more', async () => {
    const both = await upload(
      sarif([
        { line: 3, text: 'left-pad' },
        { line: 9, text: 'lodash' },
      ]),
    );
    expect(both).toMatchObject({ processing_status: 'complete' });
    const { data: alerts } = await octokit.codeScanning.listAlertsForRepo({ owner, repo });
    expect(alerts).toMatchObject([
      {
        state: 'open',
        rule: { id: 'CVE-1', severity: 'error', security_severity_level: 'critical' },
        most_recent_instance: {
          category: 'trivy-api',
          location: { path: 'package-lock.json', start_line: 9 },
        },
      },
      { state: 'open' },
    ]);
    await upload(sarif([{ line: 30, text: 'left-pad' }]));
    const { data: open } = await octokit.codeScanning.listAlertsForRepo({ owner, repo, state: 'open' });
    expect(open).toMatchObject([{ most_recent_instance: { location: { start_line: 30 } } }]);
    const { data: fixed } = await octokit.codeScanning.listAlertsForRepo({ owner, repo, state: 'fixed' });
    expect(fixed).toMatchObject([{ most_recent_instance: { message: { text: 'lodash' } } }]);
    const { data: dismissed } = await octokit.codeScanning.updateAlert({
      owner,
      repo,
      alert_number: open[0]?.number ?? 0,
      state: 'dismissed',
      dismissed_reason: "won't fix",
    });
    expect(dismissed).toMatchObject({ state: 'dismissed', dismissed_reason: "won't fix" });
    const { data: analyses } = await octokit.codeScanning.listRecentAnalyses({ owner, repo });
    expect(analyses.map(({ results_count }) => results_count)).toEqual([1, 2]);
  });

  test('that are no SARIF are said to be wrong, and those that are no archive are refused', async () => {
    expect(await upload({ version: '1.0', runs: [] })).toMatchObject({
      processing_status: 'failed',
      errors: [expect.stringContaining('version')],
    });
    const plain = octokit.codeScanning.uploadSarif({
      owner,
      repo,
      commit_sha: head,
      ref: 'refs/heads/main',
      sarif: Buffer.from('{}').toString('base64'),
    });
    await expect(plain).rejects.toMatchObject({ status: 400, message: expect.stringContaining('gzip') });
    const bomb = octokit.codeScanning.uploadSarif({
      owner,
      repo,
      commit_sha: head,
      ref: 'refs/heads/main',
      sarif: gzipSync(Buffer.alloc(101 * 1024 ** 2)).toString('base64'),
    });
    await expect(bomb).rejects.toMatchObject({ status: 413 });
  });
});
