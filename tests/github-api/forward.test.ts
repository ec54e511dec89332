import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Octokit } from '@octokit/rest';
import { steadyNumber } from '@slipway/workflow/triggers';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { GitRepository } from '../git-repository.ts';
import { peopleOf } from '../identity/people.ts';
import { type Served, serveForTest } from '../server/served.ts';
import { octokitOf } from './octokit.ts';

const of = { owner: 'octo', repo: 'remote' };
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });
let served: Served;
let octokit: Octokit;
let origin: GitRepository;
let github: Server;
let url: string;
const asked: string[] = [];

/** A published release and a draft, each with a file, as the token of the project sees them. */
function releaseAnswers(): Record<string, unknown> {
  const below = '/repos/octo/remote/releases';
  const file = (id: number, tag: string) => ({
    id,
    name: 'a.tgz',
    browser_download_url: `https://github.com/octo/remote/releases/download/${tag}/a.tgz`,
  });
  const published = { id: 1, tag_name: 'v1', draft: false, assets: [file(11, 'v1')] };
  const draft = { id: 2, tag_name: 'v2', draft: true, assets: [file(22, 'untagged-0123')] };
  return {
    [below]: [draft, published],
    [`${below}/1`]: published,
    [`${below}/2`]: draft,
    [`${below}/tags/v1`]: published,
    [`${below}/1/assets`]: published.assets,
    [`${below}/2/assets`]: draft.assets,
    [`${below}/assets/11`]: published.assets[0],
    [`${below}/assets/22`]: draft.assets[0],
  };
}

/** GitHub as far as it is asked here: says what it heard, and names itself. */
beforeAll(async () => {
  origin = new GitRepository({ 'README.md': 'from GitHub\n' });
  github = createServer(async (request, response) => {
    let body = '';
    for await (const piece of request.setEncoding('utf8')) body += piece;
    asked.push(`${request.method} ${request.url} ${request.headers.authorization} ${body}`);
    response.setHeader('content-type', 'application/json');
    response.setHeader('link', `<${url}/repos/octo/remote/issues/7/comments?page=2>; rel="next"`);
    response.statusCode = request.method === 'POST' ? 201 : 200;
    const known = releaseAnswers()[request.url?.split('?', 1)[0] ?? ''];
    if (known !== undefined) return response.end(JSON.stringify(known));
    response.end(JSON.stringify({ id: 1, url: `${url}/repos/octo/remote/issues/comments/1` }));
  });
  await new Promise<void>((resolve) => github.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(github.address() as AddressInfo).port}`;
  served = await serveForTest({ labels: [] });
  const created = await served.ask('POST', '/projects', {
    name: 'octo/remote',
    source: { kind: 'github', apiUrl: url, cloneUrl: origin.path },
    githubToken: 'ghp_of_the_project',
  });
  expect(created.status).toBe(201);
  octokit = octokitOf(served);
}, 60_000);
afterAll(async () => {
  await served.close();
  github.close();
  origin.remove();
});

test("what GitHub has of a project it is asked for with the project's token, and its answer leads back here", async () => {
  const { data, headers, status } = await octokit.issues.createComment({
    ...of,
    issue_number: 7,
    body: 'hello',
  });
  expect(status).toBe(201);
  expect(asked).toEqual([
    'POST /repos/octo/remote/issues/7/comments Bearer ghp_of_the_project {"body":"hello"}',
  ]);
  const here = `${served.server.url}/api/v3/repos/octo/remote`;
  expect(data.url).toBe(`${here}/issues/comments/1`);
  expect(headers.link).toBe(`<${here}/issues/7/comments?page=2>; rel="next"`);
});

test('runs and code are of this server, and code is changed at GitHub by people only', async () => {
  asked.length = 0;
  const { data: runs } = await octokit.actions.listWorkflowRunsForRepo(of);
  expect(runs.total_count).toBe(0);
  const content = Buffer.from('x').toString('base64');
  const put = octokit.repos.createOrUpdateFileContents({ ...of, path: 'a', message: 'a', content });
  await expect(put).rejects.toMatchObject({ status: 409, message: expect.stringContaining('is on GitHub') });
  await expect(octokit.pulls.merge({ ...of, pull_number: 7 })).rejects.toMatchObject({ status: 409 });
  const approve = octokit.pulls.createReview({ ...of, pull_number: 7, event: 'APPROVE' });
  await expect(approve).rejects.toMatchObject({ status: 409 });
  expect(asked).toEqual([]);
});

test('whoever may not do it here does not do it there', async () => {
  const stranger = await fetch(`${served.server.url}/api/v3/repos/octo/remote/issues/7/comments`, {
    method: 'POST',
    body: '{"body":"x"}',
  });
  expect(stranger.status).toBe(401);
  const headers = { authorization: `token ${served.token}` };
  const out = `${served.server.url}/api/v3/repos/octo/remote/releases/..%2f..%2f..%2fother%2fsecret`;
  expect((await fetch(out, { headers })).status).toBeGreaterThanOrEqual(400);
  const broken = `${served.server.url}/api/v3/repos/octo/remote/issues/7%E0%A4%A`;
  expect((await fetch(broken, { headers })).status).toBe(400);
  expect(asked).toEqual([]);
});

test('who may only read pull requests does not change them with the token of the project', async () => {
  asked.length = 0;
  const token = await peopleOf(served).user('rita', { 'octo/remote': 'reader' });
  const change = (method: string, path: string, body: object) =>
    fetch(`${served.server.url}/api/v3/repos/octo/remote${path}`, {
      method,
      headers: { authorization: `token ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  expect((await change('PATCH', '/pulls/7', { state: 'closed' })).status).toBe(403);
  expect((await change('POST', '/pulls', { title: 'x', head: 'a', base: 'main' })).status).toBe(403);
  expect(asked).toEqual([]);
});

test('drafts of releases at GitHub are shown to those who may write', async () => {
  const people = peopleOf(served);
  const reader = await people.user('rosa', { 'octo/remote': 'reader' });
  const writer = await people.user('wim', { 'octo/remote': 'developer' });
  const look = async (token: string, path: string, method = 'GET') => {
    const answer = await fetch(`${served.server.url}/api/v3/repos/octo/remote/releases${path}`, {
      method,
      headers: { authorization: `token ${token}` },
    });
    return { status: answer.status, body: await answer.text() };
  };
  const drafts = ['/2', '/2/assets', '/assets/22'];
  for (const path of ['/1', '/1/assets', '/assets/11', '/tags/v1', '?per_page=1']) {
    expect((await look(reader, path)).status, path).toBe(200);
  }
  for (const path of drafts) {
    expect(await look(reader, path), path).toMatchObject({ status: 404 });
    expect((await look(reader, path, 'HEAD')).status, path).toBe(404);
    expect((await look(writer, path)).status, path).toBe(200);
  }
  const ids = async (token: string) =>
    (JSON.parse((await look(token, '')).body) as { id: number }[]).map(({ id }) => id);
  expect(await ids(reader)).toEqual([1]);
  expect((await look(reader, '', 'HEAD')).status).toBe(200);
  expect(await ids(writer)).toEqual([2, 1]);
});

test('a workflow is started by hand as it is at GitHub now', async () => {
  origin.write(
    '.github/workflows/new.yml',
    'on: workflow_dispatch\njobs: { a: { runs-on: x, steps: [{ run: a }] } }\n',
  );
  origin.commit('a new workflow');
  const dispatch = { ...of, workflow_id: 'new.yml', ref: 'main' };
  expect((await octokit.actions.createWorkflowDispatch(dispatch)).status).toBe(204);
  const first = origin.git('rev-parse', 'HEAD').trim();
  // By its number too, as whoever has it from GitHub's own list names it.
  const newer = '.github/workflows/newer.yml';
  origin.write(newer, 'on: workflow_dispatch\njobs: { a: { runs-on: x, steps: [{ run: a }] } }\n');
  origin.commit('a newer one');
  const byNumber = { ...of, workflow_id: steadyNumber(`octo/remote\n${newer}`), ref: 'main' };
  expect((await octokit.actions.createWorkflowDispatch(byNumber)).status).toBe(204);
  const { data: runs } = await octokit.actions.listWorkflowRunsForRepo(of);
  expect(runs.workflow_runs.map(({ head_sha }) => head_sha)).toEqual([
    origin.git('rev-parse', 'HEAD').trim(),
    first,
  ]);
});

test('several workflows are started at once though each fetches what GitHub has now', async () => {
  const branches = Array.from({ length: 20 }, (_, index) => `branch-${index}`);
  for (let times = 0; times < 3; times += 1) {
    origin.commit(`once more ${times}`);
    for (const branch of branches) origin.git('branch', '--force', branch);
    const dispatch = { ...of, workflow_id: 'new.yml', ref: 'main' };
    const started = await Promise.allSettled(
      Array.from({ length: 4 }, () => octokit.actions.createWorkflowDispatch(dispatch)),
    );
    expect(started).toMatchObject(started.map(() => ({ status: 'fulfilled', value: { status: 204 } })));
  }
});
