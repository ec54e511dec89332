import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { GitRepository } from '../git-repository.ts';
import { peopleOf } from '../identity/people.ts';
import { type ProtectedProject, protectedProject, type Who } from '../protection/protected-project.ts';
import { contexts, referenceRules } from '../protection/reference-rules.ts';
import { type FakeGithub, startFakeGithub } from '../server/fake-github.ts';
import { type Served, serveForTest } from '../server/served.ts';
import { runSlipway } from '../slipway-process.ts';

// Every step is several processes, of git and others.
vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 });

let served: Served;
let project: ProtectedProject;

beforeAll(async () => {
  served = await serveForTest({ labels: [], signInLimits: { tokensPerMinute: 1_000_000 } });
  project = await protectedProject(served, 'octo/app', referenceRules());
});
afterAll(() => served.close());

/** In the clone, as somebody. */
function slipway(who: Who, ...args: string[]) {
  const env = {
    SLIPWAY_SERVER: served.server.url,
    SLIPWAY_TOKEN: project.tokens[who],
    GITHUB_REPOSITORY: undefined,
    NO_COLOR: '1',
  };
  return runSlipway(args, { cwd: project.clone.directory, env });
}

describe('slipway pr', () => {
  test('opens, shows, reviews and merges a pull request of the branch that is checked out', async () => {
    const sha = await project.topic('invoice');
    const opened = await slipway('monalisa', 'pr', 'open', '--body', 'As asked for');
    expect(opened).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(/^#1 {2}open {2}invoice {2}invoice → main {2}monalisa\n$/),
    });
    expect((await slipway('hubot', 'pr')).stdout).toBe(opened.stdout);
    const before = await slipway('hubot', 'pr', 'show', '1');
    expect(before.stdout).toContain(`Open, by monalisa: invoice → main at ${sha}`);
    expect(before.stdout).toContain(
      '  - It has 0 of 1 approvals that are needed.\n  - The required check “Lint & Format Check” has not run.',
    );
    expect(await slipway('monalisa', 'pr', 'approve', '1')).toMatchObject({
      status: 1,
      stderr: 'slipway: Nobody can approve a pull request of their own. (self-review)\n',
    });
    expect(await slipway('hubot', 'pr', 'approve', '1', '--sha', sha)).toMatchObject({
      status: 0,
      stdout: `Approved ${sha}.\n`,
    });
    const refused = await slipway('monalisa', 'pr', 'merge', '1', '--method', 'squash');
    expect(refused.status).toBe(1);
    expect(refused.stderr).toContain('The required check “Security Scan” has not run. (merge-blocked)');
    for (const context of contexts) await project.status(sha, context);
    expect((await slipway('hubot', 'pr', 'show', '#1')).stdout).toContain('It can be merged.');
    const merged = await slipway('monalisa', 'pr', 'merge', '1', '--method', 'squash', '--json');
    expect(JSON.parse(merged.stdout)).toMatchObject({
      state: 'merged',
      mergeCommitSha: await project.main(),
    });
    expect((await slipway('hubot', 'pr', 'list', '--state', 'merged')).stdout).toContain('#1  merged');
  });

  test('changes, closes, reopens and checks out', async () => {
    const { number } = await project.pull('other');
    await project.clone.git('switch', '--quiet', 'main');
    await project.clone.git('branch', '-D', '--quiet', 'other');
    expect(await slipway('hubot', 'pr', 'checkout', String(number))).toMatchObject({
      status: 0,
      stdout: 'On other.\n',
    });
    expect(await project.clone.git('branch', '--show-current')).toBe('other');
    const edited = await slipway('monalisa', 'pr', 'edit', String(number), '--title', 'Another', '--draft');
    expect(edited.stdout).toContain('draft  Another');
    expect((await slipway('monalisa', 'pr', 'close', String(number))).stdout).toContain('closed');
    expect((await slipway('reader', 'pr', 'reopen', String(number))).status).toBe(1);
    expect((await slipway('monalisa', 'pr', 'reopen', String(number))).status).toBe(0);
    const commented = await slipway(
      'reader',
      'pr',
      'review',
      String(number),
      '--request-changes',
      '--body',
      'no',
    );
    expect(commented.stdout).toContain('It does not count: you may not write to the project.');
  });

  test('lists what waits for approval, and lets it run', async () => {
    const sha = await project.topic('theirs', {
      files: {
        '.github/workflows/ci.yml':
          'on: pull_request\njobs:\n  a: { runs-on: x, steps: [{ run: "true" }] }\n',
      },
    });
    const opened = await slipway('reader', 'pr', 'open', '--json');
    const { number } = JSON.parse(opened.stdout);
    const held = await slipway('hubot', 'pr', 'held');
    expect(held.stdout).toBe(`#${number}  pull_request (opened)  ${sha}  reader may not write to octo/app\n`);
    const shown = await slipway('hubot', 'pr', 'show', String(number));
    expect(shown.stdout).toContain(`slipway pr approve-runs ${number} --sha ${sha}`);
    const approve = (who: Who) => slipway(who, 'pr', 'approve-runs', String(number), '--sha', sha);
    expect((await approve('reader')).stderr).toContain('(forbidden)');
    expect((await approve('hubot')).stdout).toBe('Approved the runs of 1 event.\n');
    expect(await served.runs('?project=octo/app&event=pull_request')).toMatchObject([
      { event: 'pull_request' },
    ]);
    expect((await slipway('hubot', 'pr', 'held')).stdout).toBe('Nothing waits for approval.\n');
  });

  test.each([
    [['pr', 'mrege', '1'], "there is no action 'mrege'\n  Did you mean merge?"],
    [['pr', 'merge'], 'merge needs a number'],
    [['pr', 'merge', 'x'], "'x' is no number"],
    [['pr', 'merge', '1', '--method', 'octopus'], "there is no way to merge 'octopus'"],
    [['pr', 'review', '1'], 'a review says one thing'],
    [['pr', 'show', '1', '--title', 'x'], '--title is not for show'],
    [['pr', 'approve-runs', '1'], 'nothing says what was looked at'],
    [['protection', 'aply'], "there is no action 'aply'\n  Did you mean apply?"],
    [['protection', 'show', 'x'], "unexpected argument 'x'"],
  ])('refuses %j before anything is asked for', async (args, says) => {
    const { status, stderr } = await slipway('monalisa', ...args);
    expect(stderr).toContain(says);
    expect(status).toBe(2);
  });
});

describe('slipway protection', () => {
  test('checks the file, and shows the rules that are in force', async () => {
    await project.clone.git('switch', '--quiet', 'main');
    const checked = await slipway('monalisa', 'protection', 'check');
    expect(checked.status).toBe(0);
    expect(checked.stdout).toContain('  the check “Unit Tests” must have passed\n');
    expect((await slipway('reader', 'protection')).stdout).toBe(checked.stdout);
    await project.clone.write({
      'broken.yml': 'branches:\n  - name: main\n    protection: { enforce_admin: true }\n',
    });
    const broken = await slipway('monalisa', 'protection', 'check', 'broken.yml');
    expect(broken.status).toBe(2);
    expect(broken.stderr).toMatch(
      /^broken\.yml:3:19: error: .*\[unknown-key\]\n {2}.*did you mean `enforce_admins`/,
    );
    await rm(path.join(project.clone.directory, 'broken.yml'));
  });

  describe('of a project on GitHub', () => {
    const name = 'octo/elsewhere';
    let github: FakeGithub;
    let origin: GitRepository;
    let tokens: Record<'admin' | 'developer', string>;
    const folder = mkdtempSync(path.join(tmpdir(), 'slipway-protection-'));

    beforeAll(async () => {
      github = await startFakeGithub('github-token');
      const more = '  - { name: develop, protection: {} }\n  - { name: "release/*", protection: {} }\n';
      const rules = Object.entries(referenceRules()).map(([file, content]) => [file, `${content}${more}`]);
      origin = new GitRepository(Object.fromEntries(rules));
      const source = { kind: 'github', apiUrl: github.apiUrl, cloneUrl: origin.path, reports: [] };
      await served.ask('POST', '/projects', { name, source, githubToken: 'github-token' });
      const people = peopleOf(served);
      tokens = {
        admin: await people.user('keeper', { [name]: 'admin' }),
        developer: await people.user('worker', { [name]: 'developer' }),
      };
    });
    afterAll(async () => {
      await github.close();
      origin.remove();
      await rm(folder, { recursive: true, force: true });
    });

    const ask = (who: keyof typeof tokens, action: string) => {
      const env = { SLIPWAY_SERVER: served.server.url, SLIPWAY_TOKEN: tokens[who], NO_COLOR: '1' };
      return runSlipway(['protection', action, '--project', name], { cwd: folder, env });
    };

    test('plans the difference and applies it, keeps what the file does not speak of, and then there is none', async () => {
      github.protection.set('main', {
        required_status_checks: { strict: false, contexts: ['Unit Tests'] },
        restrictions: { users: [{ login: 'octocat' }], teams: [{ slug: 'core' }], apps: [] },
        enforce_admins: { enabled: true },
        required_conversation_resolution: { enabled: true },
      });
      github.protection.set('develop', null);
      expect((await ask('developer', 'plan')).stderr).toContain('(forbidden)');
      const planned = await ask('admin', 'plan');
      expect(planned.stdout).toBe(`main: would be changed
  required_status_checks.strict: false → true
  required_status_checks.contexts: ["Unit Tests"] → ${JSON.stringify(contexts.toSorted())}
  required_approving_review_count: – → 1
  dismiss_stale_reviews: – → true
  require_code_owner_reviews: – → false
  required_linear_history: false → true
develop: would be protected
  enforce_admins: – → false
  required_linear_history: – → false
  allow_force_pushes: – → false
  allow_deletions: – → false
release/*: is a pattern, which the REST interface of GitHub does not take: protect it there by hand
`);
      // Not all that the file says can be done.
      expect(planned.status).toBe(1);
      expect(github.reported).toEqual([]);

      expect((await ask('admin', 'apply')).stdout).toMatch(
        /^main: is changed\n[\s\S]*\ndevelop: is protected\n/,
      );
      expect(github.reported.map(({ method, path: at }) => `${method} ${at}`)).toEqual([
        `PUT /repos/${name}/branches/main/protection`,
        `PUT /repos/${name}/branches/develop/protection`,
      ]);
      expect(github.reported[0]?.body).toMatchObject({
        required_status_checks: { strict: true, contexts },
        required_pull_request_reviews: { required_approving_review_count: 1, dismiss_stale_reviews: true },
        enforce_admins: true,
        required_linear_history: true,
        restrictions: { users: ['octocat'], teams: ['core'], apps: [] },
        required_conversation_resolution: true,
      });
      const again = await ask('admin', 'apply');
      expect(again.stdout).toMatch(/^main: as the file says\ndevelop: as the file says\n/);
      expect(github.reported).toHaveLength(2);
      const { body } = await served.ask('GET', `/audit?project=${name}&action=protection.applied`);
      expect(body).toMatchObject({
        entries: [{ actor: 'keeper' }, { actor: 'keeper', subject: 'branch main' }],
      });
    });

    test('says that GitHub refuses, and applies nothing of a file that cannot be read', async () => {
      github.refuse(1, 403);
      expect(await ask('admin', 'plan')).toMatchObject({
        status: 1,
        stderr: expect.stringContaining('github-unreachable'),
      });
      origin.write('.github/branch-protection.yml', 'branches: main\n');
      origin.commit('broken');
      expect(await ask('admin', 'apply')).toMatchObject({
        status: 1,
        stderr: expect.stringContaining('.github/branch-protection.yml:1:11: branches is not a list.'),
      });
    });
  });
});
