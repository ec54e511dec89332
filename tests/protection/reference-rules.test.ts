import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { type Served, serveForTest } from '../server/served.ts';
import { type ProtectedProject, protectedProject, type Who } from './protected-project.ts';
import { contexts, referenceRules } from './reference-rules.ts';

// Every step is several processes, of git and others.
vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 });

/** A change that keeps every rule but one. */
interface BrokenRule {
  rule: string;
  /** What is said of it. */
  says: string;
  /** What of the change is not as it must be. */
  but: {
    /** Says this of a check instead of success; null: nothing. */
    check?: readonly [context: string, state: string | null];
    approval?: 'none' | 'own' | 'stale' | 'reader' | 'overruled';
    isBehind?: true;
    method?: 'merge';
  };
}

const broken: readonly BrokenRule[] = [
  ...contexts.map(
    (context): BrokenRule => ({
      rule: `the check ${context} has run`,
      says: `The required check “${context}” has not run.`,
      but: { check: [context, null] },
    }),
  ),
  {
    rule: 'its checks have passed',
    says: 'The required check “Unit Tests” failed.',
    but: { check: ['Unit Tests', 'failure'] },
  },
  {
    rule: 'its checks are finished',
    says: 'The required check “Type Check” is not finished.',
    but: { check: ['Type Check', 'pending'] },
  },
  {
    rule: 'it is up to date with main',
    says: 'It is not up to date with the branch',
    but: { isBehind: true },
  },
  { rule: 'it is approved', says: 'It has 0 of 1 approvals that are needed.', but: { approval: 'none' } },
  {
    rule: 'somebody else has approved it',
    says: 'It has 0 of 1 approvals that are needed.',
    but: { approval: 'own' },
  },
  {
    rule: 'its head is approved',
    says: 'It has 0 of 1 approvals that are needed.',
    but: { approval: 'stale' },
  },
  {
    rule: 'who has approved may write',
    says: 'It has 0 of 1 approvals that are needed.',
    but: { approval: 'reader' },
  },
  { rule: 'nobody requests changes', says: 'Changes are requested by boss.', but: { approval: 'overruled' } },
  { rule: 'the history stays linear', says: 'merge commits are not allowed', but: { method: 'merge' } },
];

let served: Served;
const projects = new Map<boolean, ProtectedProject>();
let topics = 0;

beforeAll(async () => {
  served = await serveForTest({ labels: [], signInLimits: { tokensPerMinute: 1_000_000 } });
  for (const enforceAdmins of [true, false]) {
    const name = enforceAdmins ? 'octo/strict' : 'octo/lenient';
    projects.set(enforceAdmins, await protectedProject(served, name, referenceRules({ enforceAdmins })));
  }
});
afterAll(() => served.close());

const projectWith = (enforceAdmins: boolean): ProtectedProject => {
  const project = projects.get(enforceAdmins);
  if (project === undefined) throw new Error('not made');
  return project;
};

/** Makes a pull request that keeps all rules but those. */
async function arrange(project: ProtectedProject, { check, approval, isBehind }: BrokenRule['but']) {
  topics += 1;
  const branch = `topic-${topics}`;
  const change = isBehind ? { from: 'origin/main~1' } : {};
  const { number } = await project.pull(branch, change);
  if (approval === 'stale') {
    await project.review('hubot', number);
    await project.clone.write({ [`${branch}-more.txt`]: 'more' });
    await project.clone.commit('more');
    expect(await project.push('monalisa', branch)).toMatchObject({ kind: 'accepted' });
  }
  const sha = await project.clone.git('rev-parse', 'HEAD');
  for (const context of contexts) {
    const state = check?.[0] === context ? check[1] : 'success';
    if (state !== null) await project.status(sha, context, state);
  }
  if (approval === 'own') expect((await project.review('monalisa', number)).status).toBe(422);
  else if (approval === 'reader') expect((await project.review('reader', number)).status).toBe(201);
  else if (approval === undefined || approval === 'overruled') await project.review('hubot', number);
  if (approval === 'overruled') await project.review('boss', number, 'changes-requested');
  return { number, branch, sha };
}

/** What git can do that a merge by squashing does not: push the head itself. */
async function arrangePush(project: ProtectedProject, but: BrokenRule['but']) {
  const arranged = await arrange(project, but);
  if (but.method !== 'merge') return { ...arranged, pushed: arranged.branch };
  await project.clone.git('switch', '--quiet', '--force-create', 'merged', 'origin/main');
  await project.clone.git('merge', '--quiet', '--no-ff', '-m', 'merge', arranged.branch);
  return { ...arranged, pushed: 'merged' };
}

describe('a first commit with the rules', () => {
  test('is pushed before there are any', async () => {
    expect(await projectWith(true).main()).toMatch(/^[0-9a-f]{40}$/);
  });
});

describe.each([true, false])('with enforce_admins: %s', (enforceAdmins) => {
  test.each(['monalisa', 'boss'] as const)(
    'a pull request that keeps every rule is merged by %s',
    async (who) => {
      const project = projectWith(enforceAdmins);
      const { number } = await arrange(project, {});
      const merged = await project.merge(who, number);
      expect(merged).toMatchObject({ status: 200, body: { state: 'merged', mergedBy: who } });
      expect(await project.main()).toBe(merged.body.mergeCommitSha);
    },
  );

  test.each(['monalisa', 'boss'] as const)(
    'a head that keeps every rule is pushed by %s, which merges it',
    async (who) => {
      const project = projectWith(enforceAdmins);
      const { number, branch, sha } = await arrange(project, {});
      expect(await project.push(who, `${branch}:main`)).toMatchObject({ kind: 'accepted' });
      expect(await project.show(number)).toMatchObject({ state: 'merged', mergeCommitSha: sha });
    },
  );

  describe.each(broken)('unless $rule', ({ but, says }) => {
    const { method = 'squash' } = but;
    test(`it is not merged${enforceAdmins ? '' : ', but by an administrator who says so'}`, async () => {
      const project = projectWith(enforceAdmins);
      const { number } = await arrange(project, but);
      const before = await project.main();
      const callers: [Who, object][] = [
        ['monalisa', {}],
        ['monalisa', { bypass: true }],
        ['boss', {}],
      ];
      for (const [who, more] of callers) {
        const refused = await project.merge(who, number, { method, ...more });
        expect(refused).toMatchObject({ status: 409, body: { error: { code: 'merge-blocked' } } });
        expect(refused.body.error?.message).toContain(says);
      }
      expect(await project.main()).toBe(before);
      const { status } = await project.merge('boss', number, { method, bypass: true });
      expect(status).toBe(enforceAdmins ? 409 : 200);
      expect((await project.main()) === before).toBe(enforceAdmins);
    });

    test(`it is not pushed, ${enforceAdmins ? 'by nobody' : 'but by an administrator'}`, async () => {
      const project = projectWith(enforceAdmins);
      const { pushed } = await arrangePush(project, but);
      // What is behind is no fast forward: git itself refuses it.
      const refspec = but.isBehind ? `+${pushed}:main` : `${pushed}:main`;
      const before = await project.main();
      const refused = await project.push('monalisa', refspec);
      expect(refused.kind).toBe('refused');
      expect(refused.said).toContain(but.isBehind ? 'Force pushes are not allowed.' : 'main is protected');
      if (!but.isBehind && but.method === undefined) expect(refused.said).toContain(says);
      expect(await project.main()).toBe(before);
      const byAdmin = await project.push('boss', refspec);
      expect(byAdmin.kind).toBe(enforceAdmins || but.isBehind ? 'refused' : 'accepted');
      if (byAdmin.kind === 'accepted') expect(byAdmin.said).toContain('an administrator pushes without');
    });
  });

  test('a commit that is no pull request is not pushed but by an administrator whom the rules are not for', async () => {
    const project = projectWith(enforceAdmins);
    const sha = await project.topic(`direct-${enforceAdmins}`);
    for (const context of contexts) await project.status(sha, context);
    const refused = await project.push('monalisa', 'HEAD:main');
    expect(refused.said).toContain('Changes must come as a pull request.');
    expect((await project.push('boss', 'HEAD:main')).kind).toBe(enforceAdmins ? 'refused' : 'accepted');
  });

  test('nobody forces a push to it, and nobody deletes it', async () => {
    const project = projectWith(enforceAdmins);
    const before = await project.main();
    await project.topic('other', { from: 'origin/main~1' });
    for (const who of ['monalisa', 'boss'] as const) {
      expect((await project.push(who, '+HEAD:main')).said).toContain('Force pushes are not allowed.');
      expect((await project.push(who, ':main')).said).toContain('The branch must not be deleted.');
    }
    expect(await project.main()).toBe(before);
  });

  test('other branches are pushed, forced and deleted freely', async () => {
    const project = projectWith(enforceAdmins);
    await project.topic('free');
    await project.topic('free', { files: { 'free.txt': 'again' } });
    expect((await project.push('monalisa', ':free')).kind).toBe('accepted');
  });

  test('what was refused and what an administrator went without is in the audit log', async () => {
    const { name } = projectWith(enforceAdmins);
    const actionsOf = async (actor: string) => {
      const query = `?project=${name}&actor=${actor}&limit=100`;
      const { body } = await served.ask<{ entries: { action: string; outcome: string }[] }>(
        'GET',
        `/audit${query}`,
      );
      return new Set(body.entries.map(({ action, outcome }) => `${action} ${outcome}`));
    };
    expect([...(await actionsOf('monalisa'))]).toEqual(
      expect.arrayContaining([
        'push.refused refused',
        'pull-request.merged refused',
        'pull-request.approved refused',
      ]),
    );
    const bypasses = ['push.bypassed done', 'pull-request.bypassed done'];
    const ofAdmin = await actionsOf('boss');
    expect(bypasses.filter((one) => ofAdmin.has(one))).toEqual(enforceAdmins ? [] : bypasses);
  });
});
