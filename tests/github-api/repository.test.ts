import type { Octokit } from '@octokit/rest';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { type Clone, type Served, serveForTest } from '../server/served.ts';
import { buildWorkflow } from './build-workflow.ts';
import { octokitOf } from './octokit.ts';

const owner = 'octo';
const repo = 'api';
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });
let served: Served;
let octokit: Octokit;
let clone: Clone;
let head: string;

beforeAll(async () => {
  served = await serveForTest();
  octokit = octokitOf(served);
  clone = await served.project('octo/api', {
    'README.md': 'hello\n',
    'src/a.txt': 'a\n',
    ...buildWorkflow,
  });
  await clone.git('push', '--quiet', 'origin', 'main');
  head = await clone.git('rev-parse', 'HEAD');
}, 60_000);
afterAll(() => served.close());

describe('a repository at the server', () => {
  test('reads the repository, its branches and commits, and compares', async () => {
    const { data: repository } = await octokit.repos.get({ owner, repo });
    expect(repository).toMatchObject({ full_name: 'octo/api', default_branch: 'main', private: true });
    const { data: branch } = await octokit.repos.getBranch({ owner, repo, branch: 'main' });
    expect(branch.commit.sha).toBe(head);
    await clone.git('switch', '--quiet', '-c', 'feature/x');
    await clone.write({ 'src/a.txt': 'b\n', 'new.txt': 'n\n' });
    const topic = await clone.commit('second');
    await clone.git('push', '--quiet', 'origin', 'feature/x');
    const { data: commits } = await octokit.repos.listCommits({ owner, repo, sha: 'feature/x' });
    expect(commits.map(({ commit }) => commit.message)).toEqual(['second', 'first']);
    const { data: commit } = await octokit.repos.getCommit({ owner, repo, ref: 'feature/x' });
    expect(commit).toMatchObject({
      sha: topic,
      stats: { additions: 2, deletions: 1 },
      files: [
        { filename: 'new.txt', status: 'added' },
        { filename: 'src/a.txt', status: 'modified', patch: '@@ -1 +1 @@\n-a\n+b' },
      ],
    });
    const { data: compared } = await octokit.repos.compareCommitsWithBasehead({
      owner,
      repo,
      basehead: 'main...feature/x',
    });
    expect(compared).toMatchObject({ status: 'ahead', ahead_by: 1, behind_by: 0 });
    await expect(octokit.repos.getCommit({ owner, repo, ref: 'main~0' })).rejects.toMatchObject({
      status: 404,
    });
  });

  test('gets pages of lists with links to the others', async () => {
    for (let n = 0; n < 5; n += 1) {
      await octokit.repos.createCommitStatus({
        owner,
        repo,
        sha: head,
        state: 'success',
        context: `page/${n}`,
      });
    }
    const pages = octokit.paginate.iterator(octokit.repos.listCommitStatusesForRef, {
      owner,
      repo,
      ref: head,
      per_page: 2,
    });
    const sizes = [];
    for await (const { data } of pages) sizes.push(data.length);
    expect(sizes).toEqual([2, 2, 1]);
  });

  test('says what it thinks of a commit, and of one context the last word counts', async () => {
    const of = { owner, repo, sha: head, context: 'security/scan' };
    await octokit.repos.createCommitStatus({ ...of, state: 'pending' });
    await octokit.repos.createCommitStatus({ ...of, state: 'failure', description: 'two findings' });
    const { data } = await octokit.repos.getCombinedStatusForRef({ owner, repo, ref: 'main' });
    expect(data.state).toBe('failure');
    expect(data.statuses).toContainEqual(
      expect.objectContaining({ context: 'security/scan', state: 'failure', description: 'two findings' }),
    );
    const wrong = octokit.repos.createCommitStatus({ ...of, sha: 'f'.repeat(40), state: 'success' });
    await expect(wrong).rejects.toMatchObject({ status: 422 });
    const unknown = octokit.repos.createCommitStatus({ ...of, state: 'fine' as 'success' });
    await expect(unknown).rejects.toMatchObject({
      status: 422,
      response: { data: { message: 'Validation Failed', errors: [{ field: 'state', code: 'invalid' }] } },
    });
  });

  test('makes a check run with annotations and completes it', async () => {
    const { data: made } = await octokit.checks.create({
      owner,
      repo,
      name: 'lint',
      head_sha: head,
      status: 'in_progress',
    });
    expect(made).toMatchObject({ status: 'in_progress', conclusion: null });
    await octokit.checks.update({
      owner,
      repo,
      check_run_id: made.id,
      conclusion: 'failure',
      output: {
        title: 'One finding',
        summary: 'in a.txt',
        annotations: [
          { path: 'src/a.txt', start_line: 1, end_line: 1, annotation_level: 'failure', message: 'no' },
        ],
      },
    });
    const { data: read } = await octokit.checks.get({ owner, repo, check_run_id: made.id });
    expect(read).toMatchObject({
      status: 'completed',
      conclusion: 'failure',
      output: { annotations_count: 1 },
    });
    const { data: annotations } = await octokit.checks.listAnnotations({
      owner,
      repo,
      check_run_id: made.id,
    });
    expect(annotations).toMatchObject([{ path: 'src/a.txt', message: 'no' }]);
    const [run] = await served.runs(`?project=octo/api&sha=${head}`);
    await served.finished(run?.id ?? 0);
    const { data: all } = await octokit.checks.listForRef({ owner, repo, ref: head });
    expect(all.check_runs.map(({ name, conclusion }) => [name, conclusion])).toEqual([
      ['lint', 'failure'],
      ['Build it', 'success'],
    ]);
  });

  test('records a deployment with its statuses, and the one before becomes inactive', async () => {
    const deploy = async (environment: string) => {
      const { data } = await octokit.repos.createDeployment({
        owner,
        repo,
        ref: head,
        environment,
        description: 'Deploying v1',
        auto_merge: false,
        required_contexts: [],
      });
      if (!('id' in data)) throw new Error(data.message);
      await octokit.repos.createDeploymentStatus({
        owner,
        repo,
        deployment_id: data.id,
        state: 'success',
        environment_url: 'https://staging.example.com',
      });
      return data.id;
    };
    const first = await deploy('staging');
    await deploy('staging');
    const statuses = await octokit.repos.listDeploymentStatuses({ owner, repo, deployment_id: first });
    expect(statuses.data.map(({ state }) => state)).toEqual(['inactive', 'success']);
    const { data: list } = await octokit.repos.listDeployments({ owner, repo, environment: 'staging' });
    expect(list).toHaveLength(2);
    const failing = octokit.repos.createDeployment({ owner, repo, ref: 'main' });
    await expect(failing).rejects.toMatchObject({
      status: 409,
      message: expect.stringContaining('security/scan'),
    });
  });

  test('makes a release with a tag and a file, which can be had again', async () => {
    const { data: release } = await octokit.repos.createRelease({
      owner,
      repo,
      tag_name: 'v1.0.0',
      name: 'Release v1.0.0',
      body: '## Changes',
    });
    expect(release).toMatchObject({ tag_name: 'v1.0.0', draft: false });
    await clone.git('fetch', '--quiet', '--tags', 'origin');
    expect(await clone.git('rev-parse', 'v1.0.0')).toBe(head);
    const { data: asset } = await octokit.repos.uploadReleaseAsset({
      owner,
      repo,
      release_id: release.id,
      name: 'bundle.bin',
      data: 'the file' as unknown as string,
      baseUrl: `${served.server.url}/api/uploads`,
    });
    expect(asset).toMatchObject({ name: 'bundle.bin', size: 8, state: 'uploaded' });
    const { data: again } = await octokit.repos.getReleaseAsset({
      owner,
      repo,
      asset_id: asset.id,
      headers: { accept: 'application/octet-stream' },
    });
    expect(Buffer.from(again as unknown as ArrayBuffer).toString()).toBe('the file');
    const direct = await fetch(asset.browser_download_url, {
      headers: { authorization: `Bearer ${served.token}` },
    });
    expect(await direct.text()).toBe('the file');
    expect((await fetch(asset.browser_download_url)).status).toBe(401);
    const twice = octokit.repos.createRelease({ owner, repo, tag_name: 'v1.0.0' });
    await expect(twice).rejects.toMatchObject({
      status: 422,
      response: { data: { errors: [{ code: 'already_exists', field: 'tag_name' }] } },
    });
    const { data: latest } = await octokit.repos.getLatestRelease({ owner, repo });
    expect(latest.assets).toMatchObject([{ name: 'bundle.bin', digest: expect.stringContaining('sha256:') }]);
    const { data: notes } = await octokit.repos.generateReleaseNotes({
      owner,
      repo,
      tag_name: 'v1.1.0',
      target_commitish: 'feature/x',
    });
    expect(notes.body).toContain('second');
    await octokit.repos.deleteRelease({ owner, repo, release_id: release.id });
    await expect(octokit.repos.getLatestRelease({ owner, repo })).rejects.toMatchObject({ status: 404 });
  });
});
