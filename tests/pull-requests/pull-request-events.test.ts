import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { type ProtectedProject, protectedProject } from '../protection/protected-project.ts';
import { contexts, referenceRules } from '../protection/reference-rules.ts';
import { type Served, serveForTest, workflow } from '../server/served.ts';

// Every step is several processes, of git and others.
vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 });

const runProgram = promisify(execFile);
let served: Served;

beforeAll(async () => {
  served = await serveForTest({ signInLimits: { tokensPerMinute: 1_000_000 } });
});
afterAll(() => served.close());

const job = (name: string, more = '') => `
    name: "${name}"
    runs-on: ubuntu-latest
${more}    steps: [{ run: test ! -e broken }]`;
const ci = `on: [pull_request]
jobs:${contexts.map((context, i) => `\n  job-${i}:${job(context).replace('[{', '[{ uses: actions/checkout@v4 }, {')}`).join('')}
`;
const runsOf = (project: ProtectedProject, event: string) =>
  served.runs(`?project=${project.name}&event=${event}`);

/** Waits until every run of an event is finished. */
async function allFinished(project: ProtectedProject, event: string) {
  const runs = await runsOf(project, event);
  for (const { id } of runs) await served.finished(id);
  return runsOf(project, event);
}

test('the checks of a pull request are the jobs of its own runs: it is merged when they have passed, and not before', async () => {
  const files = { ...referenceRules(), ...workflow('ci.yml', ci) };
  const project = await protectedProject(served, 'octo/checked', files);
  const { number } = await project.pull('good');
  await project.review('hubot', number);
  const early = await project.merge('monalisa', number);
  expect(early.status).toBe(409);
  await allFinished(project, 'pull_request');
  const { checks, missing } = await project.show(number);
  expect(missing).toEqual([]);
  expect(checks.toSorted((one, other) => one.context.localeCompare(other.context))).toEqual(
    contexts.toSorted().map((context) => ({ context, state: 'success', required: true })),
  );
  expect(await project.merge('monalisa', number)).toMatchObject({ status: 200 });

  const bad = await project.pull('bad', { files: { broken: 'yes' } });
  await project.review('hubot', bad.number);
  await allFinished(project, 'pull_request');
  const refused = await project.merge('monalisa', bad.number);
  expect(refused.body.error?.message).toContain('The required check “Unit Tests” failed.');
});

test('a check that was skipped is no pass, and one that need not run on these files is', async () => {
  const rules = (names: string) => ({
    '.github/branch-protection.yml': `branches: [{ name: main, protection: { required_status_checks: { contexts: [${names}] } } }]\n`,
  });
  const filtered = `on: { pull_request: { paths: ['src/**'] } }\njobs:\n  unit:${job('Unit Tests')}\n`;
  const skipped = `on: pull_request\njobs:\n  lint:${job('Lint', '    if: false\n')}\n`;
  const project = await protectedProject(served, 'octo/filtered', {
    ...rules('Unit Tests'),
    ...workflow('unit.yml', filtered),
    ...workflow('lint.yml', skipped),
  });
  const docs = await project.pull('docs', { files: { 'docs/a.md': 'a' } });
  expect((await project.show(docs.number)).checks).toContainEqual({
    context: 'Unit Tests',
    state: 'not-needed',
    required: true,
  });
  expect(await project.merge('monalisa', docs.number)).toMatchObject({ status: 200 });

  const sneaky = await project.pull('sneaky', {
    files: { 'src/a.ts': 'a', ...workflow('unit.yml', filtered.replace('src/**', 'never/**')) },
  });
  const refused = await project.merge('monalisa', sneaky.number);
  expect(refused.body.error?.message).toContain('The required check “Unit Tests” has not run.');

  await project.topic('rules', { files: rules('Lint') });
  await project.push('boss', 'HEAD:main');
  const source = await project.pull('source', { files: { 'src/a.ts': 'a' } });
  await allFinished(project, 'pull_request');
  const again = await project.merge('monalisa', source.number);
  expect(again.body.error?.message).toBe('The required check “Lint” was skipped, which is not a pass.');
});

test('what happens to a pull request starts the workflows that wait for it, on its merge', async () => {
  const told = `on:
  pull_request: { types: [opened, synchronize, edited, closed, reopened, converted_to_draft, ready_for_review] }
  pull_request_review: {}
  push: { branches: [main] }
jobs:
  tell:
    runs-on: ubuntu-latest
    env: { EVENT: "\${{ toJSON(github.event) }}" }
    steps:
      - uses: actions/checkout@v4
      - run: |
          git log -1 --format=%s
          echo "\${{ github.event_name }} \${{ github.event.action }} of \${{ github.event.number }} by \${{ github.actor }} on \${{ github.ref }}"
          echo "merged=\${{ github.event.pull_request.merged }} title=\${{ github.event.pull_request.title }} from=\${{ github.event.changes.title.from }} review=\${{ github.event.review.state }}"
`;
  const project = await protectedProject(served, 'octo/told', workflow('told.yml', told));
  const at = `/projects/octo/told/pull-requests`;
  const { number, head } = await project.pull('topic');
  const edit = (change: object) => project.ask(project.tokens.monalisa, 'PATCH', `${at}/${number}`, change);
  expect((await edit({ title: 'Another title' })).status).toBe(200);
  await edit({ draft: true });
  expect((await project.merge('monalisa', number)).body.error?.message).toBe('It is a draft.');
  await edit({ draft: false });
  await project.review('hubot', number);
  await project.clone.write({ 'more.txt': 'more' });
  const newer = await project.clone.commit('more');
  await project.push('monalisa', 'topic');
  await edit({ state: 'closed' });
  expect((await project.review('hubot', number)).status).toBe(409);
  await edit({ state: 'open' });
  const merged = await project.merge('monalisa', number, { method: 'merge', sha: newer });
  expect(merged).toMatchObject({ status: 200, body: { state: 'merged', head: { sha: newer } } });
  expect((await project.merge('monalisa', number)).body.error?.code).toBe('pull-request-closed');

  const runs = (await served.runs('?project=octo/told&limit=100')).toReversed();
  const logs: string[] = [];
  for (const run of runs) {
    await served.finished(run.id);
    logs.push(await served.log(run.id, 'tell'));
  }
  const lines = logs.map((log) => /^(?:pull_request|push).*$/m.exec(log)?.[0]);
  expect(lines).toEqual([
    'push  of  by octocat on refs/heads/main',
    `pull_request opened of ${number} by monalisa on refs/pull/${number}/merge`,
    `pull_request edited of ${number} by monalisa on refs/pull/${number}/merge`,
    `pull_request converted_to_draft of ${number} by monalisa on refs/pull/${number}/merge`,
    `pull_request ready_for_review of ${number} by monalisa on refs/pull/${number}/merge`,
    `pull_request_review submitted of ${number} by hubot on refs/pull/${number}/merge`,
    `pull_request synchronize of ${number} by monalisa on refs/pull/${number}/merge`,
    `pull_request closed of ${number} by monalisa on refs/pull/${number}/merge`,
    `pull_request reopened of ${number} by monalisa on refs/pull/${number}/merge`,
    'push  of  by monalisa on refs/heads/main',
    `pull_request closed of ${number} by monalisa on refs/heads/main`,
  ]);
  expect(logs[1]).toContain(`Merge ${head.sha} into`);
  expect(logs[2]).toContain('title=Another title from=About topic');
  expect(logs[5]).toContain('review=approved');
  expect(logs[10]).toContain('merged=true');
  expect(logs[9]).toContain(`Merge pull request #${number} from topic`);
});

describe('merging', () => {
  test('puts the change onto the base in the way that was asked for', async () => {
    const project = await protectedProject(served, 'octo/methods', { 'a.txt': 'a' });
    const subjects = () => project.clone.git('log', '--format=%s', 'origin/main');
    const pullOfTwo = async (branch: string) => {
      const { number } = await project.pull(branch);
      await project.clone.write({ [`${branch}-2.txt`]: '2' });
      await project.clone.commit(`${branch} again`);
      await project.push('monalisa', branch);
      return number;
    };
    const merge = async (number: number, body: object) => {
      expect(await project.merge('monalisa', number, body)).toMatchObject({ status: 200 });
      await project.clone.git('fetch', '--quiet', 'origin');
    };
    // All three are made of the same base: each one goes on top of those before.
    const numbers = [await pullOfTwo('one'), await pullOfTwo('two'), await pullOfTwo('three')] as const;
    await merge(numbers[0], { method: 'squash', message: 'One\n\nSaid at length' });
    expect(await subjects()).toBe('One\nfirst');
    await merge(numbers[1], { method: 'rebase' });
    expect(await subjects()).toBe('two again\ntwo\nOne\nfirst');
    await merge(numbers[2], { method: 'merge' });
    expect(await project.clone.git('log', '--first-parent', '--format=%s|%cn', '-1', 'origin/main')).toBe(
      `Merge pull request #${numbers[2]} from three|monalisa`,
    );
    for (const file of ['one-2.txt', 'two-2.txt', 'three-2.txt']) {
      expect(await project.clone.git('show', `origin/main:${file}`)).not.toBe('');
    }
  });

  test('is of the head that was looked at, and of branches that fit', async () => {
    const project = await protectedProject(served, 'octo/fit', { 'a.txt': 'a\n' });
    const { number, head } = await project.pull('topic', { files: { 'a.txt': 'topic\n' } });
    await project.clone.write({ 'b.txt': 'b' });
    await project.clone.commit('more');
    await project.push('monalisa', 'topic');
    const older = await project.merge('monalisa', number, { sha: head.sha });
    expect(older).toMatchObject({ status: 409, body: { error: { code: 'head-moved' } } });
    const review = await project.ask(
      project.tokens.hubot,
      'POST',
      `/projects/octo/fit/pull-requests/${number}/reviews`,
      {
        verdict: 'approved',
        sha: head.sha,
      },
    );
    expect(review).toMatchObject({ status: 409, body: { error: { code: 'head-moved' } } });
    await project.topic('other', { files: { 'a.txt': 'other\n' } });
    await project.push('boss', 'HEAD:main');
    const conflict = await project.merge('monalisa', number);
    expect(conflict).toMatchObject({ status: 409, body: { error: { code: 'merge-conflict' } } });
    expect((await project.show(number)).mergeSha).toBeNull();
  });

  test('closes with the branch that is deleted, and is done by a push that brings the commits', async () => {
    const project = await protectedProject(served, 'octo/gone', { 'a.txt': 'a' });
    const gone = await project.pull('gone');
    await project.push('monalisa', ':gone');
    expect(await project.show(gone.number)).toMatchObject({ state: 'closed', mergedBy: null });
    const pushed = await project.pull('pushed');
    await project.push('hubot', 'pushed:main');
    expect(await project.show(pushed.number)).toMatchObject({ state: 'merged', mergedBy: 'hubot' });
  });

  test('is done by a push though somebody looked between that and what follows it', async () => {
    const project = await protectedProject(served, 'octo/looked-at', { 'a.txt': 'a' });
    const { number, head } = await project.pull('topic');
    const repository = path.join(served.data, 'repositories', 'octo', 'looked-at.git');
    await runProgram('git', ['update-ref', 'refs/heads/main', head.sha], { cwd: repository });
    expect(await project.show(number)).toMatchObject({ state: 'open' });
    await project.topic('another');
    expect(await project.show(number)).toMatchObject({ state: 'merged', mergeCommitSha: head.sha });
  });
});

test('only what makes sense is opened', async () => {
  const project = await protectedProject(served, 'octo/sense', { 'a.txt': 'a' });
  const open = async (body: object) => {
    const answer = await project.ask(
      project.tokens.monalisa,
      'POST',
      '/projects/octo/sense/pull-requests',
      body,
    );
    return `${answer.status} ${answer.body.error?.code}`;
  };
  expect(await open({ title: 'x', head: 'nowhere' })).toBe('404 unknown-ref');
  expect(await open({ title: 'x', head: 'main' })).toBe('422 nothing-to-merge');
  expect(await open({ title: ' ', head: 'main' })).toBe('400 bad-request');
  await project.pull('topic');
  expect(await open({ title: 'x', head: 'topic' })).toBe('409 pull-request-exists');
});
