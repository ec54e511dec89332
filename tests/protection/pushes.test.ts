import { chmod, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { ProtectionAnswer } from '@slipway/contracts/api/pull-requests';
import { openStore } from '@slipway/server/store';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { type Served, serveForTest, workflow } from '../server/served.ts';
import { protectedProject } from './protected-project.ts';
import { referenceRules } from './reference-rules.ts';

// Every step is several processes, of git and others.
vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 });

let served: Served;
beforeAll(async () => {
  served = await serveForTest({ signInLimits: { tokensPerMinute: 1_000_000 } });
});
afterAll(() => served.close());

const rulesFile = '.github/branch-protection.yml';
const needsPull = (branch: string) => ({
  [rulesFile]: `branches: [{ name: "${branch}", protection: { required_pull_request_reviews: {} } }]\n`,
});

describe('rules that cannot be read', () => {
  test('are told of to who pushes them and who looks, and the last good ones stay in force', async () => {
    const lenient = await protectedProject(
      served,
      'octo/lenient-rules',
      referenceRules({ enforceAdmins: false }),
    );
    await lenient.topic('broken', {
      files: { [rulesFile]: 'branches:\n  - name: main\n    protecton: {}\n' },
    });
    const pushed = await lenient.push('boss', 'HEAD:main');
    expect(pushed).toMatchObject({ kind: 'accepted' });
    expect(pushed.said).toContain(
      'these rules of protected branches cannot be read; those before stay in force',
    );
    expect(pushed.said).toContain(`${rulesFile}:2:5: `);
    const { body } = await served.ask<ProtectionAnswer>('GET', '/projects/octo/lenient-rules/protection');
    expect(body.branches).toMatchObject([{ name: 'main', enforceAdmins: false }]);
    const told = body.diagnostics.map(
      ({ file, line, column, code, mend }) => `${file}:${line}:${column} ${code}: ${mend}`,
    );
    expect(told).toEqual([
      `${rulesFile}:2:5 missing-key: Add \`protection:\`.`,
      expect.stringMatching(/:3:5 unknown-key: .*did you mean `protection`/),
    ]);
    await lenient.topic('sneak', { from: 'origin/main' });
    expect((await lenient.push('monalisa', 'HEAD:main')).said).toContain(
      'Changes must come as a pull request.',
    );
    // A file that is removed is no mistake.
    await lenient.clone.git('rm', '--quiet', rulesFile);
    await lenient.clone.commit('without rules');
    expect((await lenient.push('boss', 'HEAD:main')).kind).toBe('accepted');
    await lenient.topic('free', { from: 'origin/main' });
    expect((await lenient.push('monalisa', 'HEAD:main')).kind).toBe('accepted');
  });
});

describe('a push', () => {
  test('is refused when the hook that asks the server cannot be run', async () => {
    const project = await protectedProject(served, 'octo/hook', needsPull('main'));
    const repository = path.join(served.data, 'repositories', 'octo', 'hook.git');
    const hook = path.join(repository, 'slipway-hooks', 'pre-receive');
    expect(await readFile(hook, 'utf8')).toMatch(/^#!\/bin\/sh\n/);
    await project.topic('topic');
    // Somebody has put another one there: it is made again.
    await rm(hook);
    await writeFile(hook, '#!/bin/sh\nexit 0\n');
    await chmod(hook, 0o755);
    expect((await project.push('monalisa', 'HEAD:main')).said).toContain('main is protected');
    await chmod(hook, 0o644);
    const unable = await project.push('monalisa', 'HEAD:main');
    expect(unable.kind).toBe('refused');
    await chmod(hook, 0o755);
    expect((await project.push('monalisa', 'HEAD:topic-2')).kind).toBe('accepted');
    served.trouble.splice(0);
  });

  test('is taken whole or not at all', async () => {
    const project = await protectedProject(served, 'octo/whole', needsPull('main'));
    await project.topic('topic');
    const both = await project.push('monalisa', 'HEAD:main', 'HEAD:beside');
    expect(both).toMatchObject({ kind: 'refused', said: expect.stringContaining('main is protected') });
    expect(await project.clone.git('ls-remote', 'origin', 'beside')).toBe('');
  });

  test('makes a branch that a pattern protects of commits that are protected already, and of no others', async () => {
    const project = await protectedProject(served, 'octo/patterns', {
      [rulesFile]: `branches:
  - name: main
    protection: { required_pull_request_reviews: {} }
  - name: release/*
    protection: { required_pull_request_reviews: {}, allow_deletions: true }
`,
    });
    await project.topic('topic');
    expect((await project.push('monalisa', 'HEAD:release/1')).said).toContain('release/1 is protected');
    expect((await project.push('monalisa', 'origin/main:refs/heads/release/1')).kind).toBe('accepted');
    expect((await project.push('monalisa', 'HEAD:release/1')).kind).toBe('refused');
    expect((await project.push('monalisa', ':release/1')).kind).toBe('accepted');
  });

  test('is told of in the name of who has pushed, whoever pushes at the same time', async () => {
    const on = 'on: push\njobs:\n  a: { runs-on: nowhere, steps: [{ run: "true" }] }\n';
    const project = await protectedProject(served, 'octo/names', workflow('push.yml', on));
    const rounds = [1, 2, 3, 4];
    for (const round of rounds) {
      const pushes = (['monalisa', 'hubot', 'boss'] as const).map((who) =>
        project.push(who, `origin/main:refs/heads/${who}-${round}`),
      );
      for (const pushed of await Promise.all(pushes)) expect(pushed.kind).toBe('accepted');
    }
    const runs = await served.runs('?project=octo/names&limit=100');
    const told = runs.map(({ actor, ref }) => `${ref.replace('refs/heads/', '')} by ${actor}`).toSorted();
    const expected = rounds.flatMap((round) =>
      ['monalisa', 'hubot', 'boss'].map((who) => `${who}-${round} by ${who}`),
    );
    expect(told).toEqual(['main by octocat', ...expected].toSorted());
    for (const { id } of runs) await served.ask('POST', `/runs/${id}/cancel`, { how: 'kill' });
  });

  test('by a job is held to the same rules, never goes without, and starts nothing', async () => {
    const bot = `on: { push: { branches: [start, bot] } }
permissions: { contents: write }
jobs:
  push:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - run: |
          url=$(echo "$GITHUB_SERVER_URL" | sed "s#://#://x:$TOKEN@#")/$GITHUB_REPOSITORY.git
          git -c user.name=bot -c user.email=bot@example.com commit -q --allow-empty -m bot
          git push -q "$url" HEAD:refs/heads/bot
          ! git push "$url" HEAD:refs/heads/main 2> said
          cat said
        env: { TOKEN: "\${{ github.token }}" }
`;
    const project = await protectedProject(served, 'octo/bot', {
      [rulesFile]: 'branches: [{ name: main, protection: { required_pull_request_reviews: {} } }]\n',
      ...workflow('bot.yml', bot),
    });
    await project.push('boss', 'origin/main:refs/heads/start');
    const [run] = await served.runs('?project=octo/bot');
    const ended = await served.finished(run?.id ?? 0);
    const log = await served.log(run?.id ?? 0, 'push');
    expect(ended.conclusion, log).toBe('success');
    expect(log).toContain('Changes must come as a pull request.');
    expect(await project.clone.git('ls-remote', 'origin', 'bot')).not.toBe('');
    expect(await served.runs('?project=octo/bot')).toHaveLength(1);
  });
});

describe('a merge', () => {
  test('needs a code owner of what is changed, as the base names them', async () => {
    const project = await protectedProject(served, 'octo/owned', {
      [rulesFile]:
        'branches: [{ name: main, protection: { required_pull_request_reviews: { require_code_owner_reviews: true } } }]\n',
      '.github/CODEOWNERS': '* @hubot\n/deploy/ @boss\n',
    });
    const { number } = await project.pull('deploy', {
      files: { 'deploy/production.yml': 'x', '.github/CODEOWNERS': '* @hubot\n' },
    });
    await project.review('hubot', number);
    const refused = await project.merge('monalisa', number);
    expect(refused.body.error?.message).toBe('deploy/production.yml needs the approval of @boss.');
    await project.review('boss', number);
    expect((await project.merge('monalisa', number)).status).toBe(200);
  });

  test('is not approved by somebody who may not write any more', async () => {
    const project = await protectedProject(served, 'octo/left', needsPull('main'));
    const { number } = await project.pull('topic');
    await project.review('hubot', number);
    await served.ask('PUT', '/projects/octo/left/members/hubot', { role: 'reader' });
    const refused = await project.merge('monalisa', number);
    expect(refused.body.error?.message).toBe('It has 0 of 1 approvals that are needed.');
    await served.ask('PUT', '/projects/octo/left/members/hubot', { role: 'developer' });
    expect((await project.merge('monalisa', number)).status).toBe(200);
  });

  test('is possible again when a request for changes was taken back, by its reviewer or an administrator', async () => {
    const project = await protectedProject(served, 'octo/dismissed', needsPull('main'));
    const { number } = await project.pull('topic');
    await project.review('hubot', number, 'changes-requested');
    await project.review('boss', number);
    const [{ id = 0 } = {}] = (await project.show(number)).reviews;
    expect((await project.merge('monalisa', number)).body.error?.message).toBe(
      'Changes are requested by hubot.',
    );
    const dismiss = (who: 'monalisa' | 'boss') =>
      project.ask(
        project.tokens[who],
        'POST',
        `/projects/octo/dismissed/pull-requests/${number}/reviews/${id}/dismiss`,
        { message: 'He is on holiday' },
      );
    expect((await dismiss('monalisa')).status).toBe(403);
    expect((await dismiss('boss')).status).toBe(200);
    expect((await project.merge('monalisa', number)).status).toBe(200);
  });

  test('that a crash cut off after git had done it is finished by whoever looks next', async () => {
    const project = await protectedProject(served, 'octo/crash', { 'a.txt': 'a' });
    const { number, head } = await project.pull('topic');
    const store = await openStore({ kind: 'sqlite', file: path.join(served.data, 'slipway.db') });
    // As a squash leaves it that was killed: the intent is written, the base has the commit, which the head is not in.
    await project.clone.git('switch', '--quiet', '--detach', 'origin/main');
    await project.clone.git('merge', '--quiet', '--squash', 'topic');
    const squashed = await project.clone.commit('squashed');
    await store
      .updateTable('pull_request')
      .set({ merging: JSON.stringify({ sha: squashed, by: 'hubot', at: Date.now() }) })
      .where(({ and }) => and({ project: 'octo/crash', number }))
      .execute();
    await project.push('boss', 'HEAD:main');
    expect(await project.show(number)).toMatchObject({
      state: 'merged',
      mergedBy: 'hubot',
      mergeCommitSha: squashed,
      head: { sha: head.sha },
    });
    await store.destroy();
  });
});
