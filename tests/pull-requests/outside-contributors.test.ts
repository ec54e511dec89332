import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { GitRepository } from '../git-repository.ts';
import { peopleOf } from '../identity/people.ts';
import { protectedProject } from '../protection/protected-project.ts';
import { type FakeGithub, startFakeGithub } from '../server/fake-github.ts';
import { type Served, serveForTest, workflow } from '../server/served.ts';

// Every step is several processes, of git and others.
vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 });

const secret = 'a-secret-of-the-webhook';
let served: Served;
beforeAll(async () => {
  served = await serveForTest({ signInLimits: { tokensPerMinute: 1_000_000 } });
});
afterAll(() => served.close());

const show = `on: [pull_request, pull_request_target]
jobs:
  show:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - run: |
          echo "at $(git log -1 --format=%H) key=<\${{ secrets.KEY }}> fork=\${{ github.event.pull_request.head.repo.full_name != github.repository }}"
`;
const startedBy = async (project: string, event = 'pull_request') =>
  (await served.runs(`?project=${project}&event=${event}`)).map(({ sha }) => sha);

describe('a pull request of somebody who may only read', () => {
  test('starts nothing of its own before somebody who may start runs has approved its head', async () => {
    const project = await protectedProject(served, 'octo/hosted', workflow('show.yml', show));
    await served.ask('PUT', '/projects/octo/hosted/secrets/KEY', { value: 'very-secret-key' });
    const { clone, tokens } = project;
    const at = '/projects/octo/hosted/pull-requests';
    // The name in a commit is whatever its author wrote: here that of somebody who administers the project.
    await clone.git('config', 'user.name', 'boss');
    const sha = await project.topic('theirs');
    const opened = await project.ask<{ number: number }>(tokens.reader, 'POST', at, {
      title: 'x',
      head: 'theirs',
    });
    expect(opened).toMatchObject({ status: 201, body: { author: 'reader', outside: true } });
    const { number } = opened.body;
    const approve = (who: keyof typeof tokens, of: string) =>
      project.ask(tokens[who], 'POST', `${at}/${number}/runs/approve`, { sha: of });
    expect(await startedBy(project.name)).toEqual([]);
    // What its target runs is the code of the base, and that has been reviewed.
    expect(await startedBy(project.name, 'pull_request_target')).toHaveLength(1);
    expect((await project.show(number)).heldRuns).toMatchObject([
      { headSha: sha, state: 'held', reason: 'reader may not write to octo/hosted' },
    ]);
    expect((await approve('reader', sha)).status).toBe(403);
    expect(await startedBy(project.name)).toEqual([]);

    expect(await approve('hubot', sha)).toMatchObject({
      status: 200,
      body: { heldRuns: [{ decidedBy: 'hubot' }] },
    });
    const [run] = await served.runs('?project=octo/hosted&event=pull_request');
    await served.finished(run?.id ?? 0);
    expect(await served.log(run?.id ?? 0, 'show')).toMatch(/^at [0-9a-f]{40} key=<> fork=true$/m);
    expect(await approve('hubot', sha)).toMatchObject({
      status: 409,
      body: { error: { code: 'nothing-held' } },
    });

    // Approved, then pushed: the new head is another one.
    const newer = await project.topic('theirs', { files: { 'more.txt': 'more' } });
    expect(await startedBy(project.name)).toHaveLength(1);
    expect(await approve('hubot', sha)).toMatchObject({
      status: 409,
      body: { error: { code: 'head-moved' } },
    });
    expect((await approve('hubot', newer)).status).toBe(200);
    expect(await startedBy(project.name)).toHaveLength(2);

    // Closed and reopened: it waits again, whatever was approved of it.
    for (const state of ['closed', 'open'])
      await project.ask(tokens.reader, 'PATCH', `${at}/${number}`, { state });
    expect(await startedBy(project.name)).toHaveLength(2);
    expect((await project.show(number)).heldRuns.filter(({ state }) => state === 'held')).toMatchObject([
      { action: 'reopened', headSha: newer },
    ]);
    const { body } = await served.ask('GET', '/audit?project=octo/hosted&action=runs.approved');
    expect(body).toMatchObject({ entries: [{ actor: 'hubot' }, { actor: 'hubot' }] });
  });

  test('of somebody who has one merged already starts at once, where only first ones wait', async () => {
    const project = await protectedProject(served, 'octo/first', workflow('show.yml', show));
    await served.ask('PATCH', '/projects/octo/first', { forkApproval: 'first-time' });
    const open = async (branch: string) => {
      await project.topic(branch);
      const body = { title: branch, head: branch };
      const answer = await project.ask<{ number: number }>(
        project.tokens.reader,
        'POST',
        '/projects/octo/first/pull-requests',
        body,
      );
      return answer.body.number;
    };
    const first = await open('one');
    expect(await startedBy(project.name)).toEqual([]);
    expect((await project.merge('hubot', first)).status).toBe(200);
    await open('two');
    expect(await startedBy(project.name)).toHaveLength(1);
  });
});

describe('a pull request of a fork on GitHub', () => {
  const name = 'octo/forked';
  let github: FakeGithub;
  let origin: GitRepository;
  let webhookUrl: string;
  let maintainer: string;
  let deliveries = 0;

  beforeAll(async () => {
    github = await startFakeGithub('github-token');
    origin = new GitRepository(workflow('show.yml', show));
    const source = { kind: 'github', apiUrl: github.apiUrl, cloneUrl: origin.path, reports: [] };
    const wanted = { name, source, webhookSecret: secret, githubToken: 'github-token' };
    const { body } = await served.ask<{ webhookUrl: string }>('POST', '/projects', wanted);
    ({ webhookUrl } = body);
    maintainer = await peopleOf(served).user('maintainer', { [name]: 'developer' });
  });
  afterAll(async () => {
    await github.close();
    origin.remove();
  });
  beforeEach(() => {
    deliveries += 1;
  });

  /** Puts a commit of the fork, by whoever says so, at the pull request. */
  function head(number: number, author: string): string {
    origin.git('switch', '--quiet', '--detach', 'main');
    origin.write('theirs.txt', `${deliveries} ${author} ${Math.random()}`);
    origin.git('add', '--all');
    origin.git('commit', '--quiet', `--author=${author} <${author}@example.com>`, '-m', 'theirs');
    const sha = origin.git('rev-parse', 'HEAD').trim();
    for (const which of ['head', 'merge']) origin.git('update-ref', `refs/pull/${number}/${which}`, sha);
    origin.git('switch', '--quiet', 'main');
    return sha;
  }

  /** Tells the server, and waits until it has taken the webhook in. */
  async function tell(number: number, action: string, sha: string, association = 'NONE'): Promise<void> {
    const base = origin.git('rev-parse', 'main').trim();
    const payload = {
      action,
      number,
      pull_request: {
        number,
        state: action === 'closed' ? 'closed' : 'open',
        merged: false,
        merge_commit_sha: sha,
        user: { login: 'stranger' },
        author_association: association,
        head: { ref: 'theirs', sha, repo: { full_name: 'stranger/forked', fork: true } },
        base: { ref: 'main', sha: base, repo: { full_name: name } },
      },
      repository: { full_name: name, default_branch: 'main' },
      sender: { login: 'stranger' },
    };
    const known = (await startedBy(name, 'pull_request_target')).length;
    await github.send(webhookUrl, { event: 'pull_request', payload, secret });
    // What its target runs needs no approval, and comes after its own.
    const isDefault = ['opened', 'synchronize', 'reopened'].includes(action);
    while (isDefault && (await startedBy(name, 'pull_request_target')).length === known) {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  const approve = (number: number, sha: string) =>
    peopleOf(served).ask(maintainer, 'POST', `/projects/${name}/pull-requests/${number}/runs/approve`, {
      sha,
    });

  test('whose commits bear the name of a maintainer waits all the same', async () => {
    const before = await startedBy(name);
    await tell(1, 'opened', head(1, 'maintainer'));
    expect(await startedBy(name)).toEqual(before);
  });

  test('that was approved waits again with its next head, and the approval is not good for that', async () => {
    const first = head(2, 'stranger');
    await tell(2, 'opened', first);
    const before = await startedBy(name);
    const second = head(2, 'stranger');
    expect(await approve(2, first)).toMatchObject({ status: 200 });
    expect(await startedBy(name)).toEqual([first, ...before]);
    await tell(2, 'synchronize', second);
    expect(await startedBy(name)).toEqual([first, ...before]);
    expect(await approve(2, first)).toMatchObject({ status: 409, body: { error: { code: 'head-moved' } } });
    expect(await approve(2, second)).toMatchObject({ status: 200 });
    expect(await startedBy(name)).toEqual([second, first, ...before]);
  });

  test('that is closed and reopened waits again', async () => {
    const sha = head(3, 'stranger');
    await tell(3, 'opened', sha);
    await approve(3, sha);
    const before = await startedBy(name);
    await tell(3, 'closed', sha);
    await tell(3, 'reopened', sha);
    expect(await startedBy(name)).toEqual(before);
    const { body } = await served.ask('GET', `/projects/${name}/held-runs`);
    expect(body).toMatchObject({
      heldRuns: expect.arrayContaining([expect.objectContaining({ number: 3, action: 'reopened' })]),
    });
  });

  test('of a member of the team starts at once', async () => {
    const before = await startedBy(name);
    const sha = head(4, 'stranger');
    await tell(4, 'opened', sha, 'MEMBER');
    expect(await startedBy(name)).toEqual([sha, ...before]);
  });
});
