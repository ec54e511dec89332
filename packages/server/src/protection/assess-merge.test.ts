import { describe, expect, test } from 'vitest';
import { admit } from './admission.ts';
import {
  assessMerge,
  type CheckState,
  type MergeFacts,
  type Missing,
  type ReviewFact,
} from './assess-merge.ts';
import { assessPush, type BranchPush } from './assess-push.ts';
import { readCodeOwners } from './code-owners.ts';
import { describeMissing } from './describe-missing.ts';
import type { ProtectionRules } from './protection-rules.ts';
import { readProtection } from './read-protection.ts';

/** The rules of the reference pipeline. */
const file = (more = '') => `branches:
  - name: main
    protection:
      required_status_checks:
        strict: true
        contexts: ["Lint & Format Check", "Type Check", "Unit Tests", "Integration Tests", "Security Scan"]
      required_pull_request_reviews:
        required_approving_review_count: 1
        dismiss_stale_reviews: true
${more}      required_linear_history: true
      enforce_admins: true
`;
const rulesOf = (text: string): ProtectionRules => {
  const rules = readProtection(text).value?.[0];
  if (rules === undefined) throw new Error(JSON.stringify(readProtection(text).diagnostics));
  return rules;
};
const rules = rulesOf(file());
const contexts = rules.statusChecks?.contexts ?? [];
const head = 'a'.repeat(40);
const older = 'b'.repeat(40);

const approval = (reviewer: string, headSha = head): ReviewFact => ({
  reviewer,
  verdict: 'approved',
  headSha,
});
const green = (): Map<string, CheckState> => new Map(contexts.map((context) => [context, 'success']));
type Change = Partial<Omit<MergeFacts, 'pullRequest'>> & {
  pullRequest?: Partial<MergeFacts['pullRequest']> | null;
};
/** A change that keeps every rule, but for what is given. */
const facts = ({ pullRequest, ...change }: Change = {}): MergeFacts => ({
  checks: green(),
  isUpToDate: true,
  bringsMerges: false,
  ...change,
  pullRequest:
    pullRequest === null
      ? null
      : {
          author: 'monalisa',
          headSha: head,
          reviews: [approval('hubot')],
          changedFiles: ['src/api.py'],
          codeOwners: [],
          ...pullRequest,
        },
});
const withCheck = (context: string, state: CheckState | undefined): Map<string, CheckState> => {
  const checks = green();
  if (state === undefined) checks.delete(context);
  else checks.set(context, state);
  return checks;
};

describe('a merge into a branch with the rules of the reference pipeline', () => {
  test('keeps every rule', () => {
    expect(assessMerge(rules, facts())).toEqual([]);
  });

  test.each(contexts)('lacks %s unless it has passed, or need not run', (context) => {
    for (const state of ['failure', 'cancelled', 'skipped', 'pending', 'held'] as const) {
      const missing = assessMerge(rules, facts({ checks: withCheck(context, state) }));
      expect(missing).toEqual([{ kind: 'check', context, state }]);
    }
    const unknown = assessMerge(rules, facts({ checks: withCheck(context, undefined) }));
    expect(unknown).toEqual([{ kind: 'check', context, state: 'missing' }]);
    expect(assessMerge(rules, facts({ checks: withCheck(context, 'not-needed') }))).toEqual([]);
  });

  test('is up to date with the branch', () => {
    expect(assessMerge(rules, facts({ isUpToDate: false }))).toEqual([{ kind: 'behind' }]);
    const loose = { ...rules, statusChecks: { strict: false, contexts } };
    expect(assessMerge(loose, facts({ isUpToDate: false }))).toEqual([]);
  });

  const none: Missing[] = [{ kind: 'approvals', have: 0, need: 1 }];
  test.each<[string, ReviewFact[], Missing[]]>([
    ['nobody', [], none],
    ['somebody', [approval('hubot')], []],
    ['the author, in another case', [approval('MonaLisa')], none],
    ['somebody, before the last push', [approval('hubot', older)], none],
    [
      'one, while another wants changes',
      [approval('hubot'), { reviewer: 'strict', verdict: 'changes-requested', headSha: older }],
      [{ kind: 'changes-requested', by: ['strict'] }],
    ],
  ])('is approved by %s', (_, reviews, missing) => {
    expect(assessMerge(rules, facts({ pullRequest: { reviews } }))).toEqual(missing);
  });

  test('needs as many approvals as the rules say, and an older one counts where stale ones are not dismissed', () => {
    const reviews = { approvals: 2, dismissStale: false, codeOwners: false };
    const two = { ...rules, reviews };
    const given = [approval('hubot', older)];
    expect(assessMerge(two, facts({ pullRequest: { reviews: given } }))).toEqual([
      { kind: 'approvals', have: 1, need: 2 },
    ]);
    expect(assessMerge(two, facts({ pullRequest: { reviews: [...given, approval('octocat')] } }))).toEqual(
      [],
    );
  });

  test('comes as a pull request', () => {
    expect(assessMerge(rules, facts({ pullRequest: null }))).toEqual([{ kind: 'pull-request' }]);
  });

  test('brings no merge commit', () => {
    expect(assessMerge(rules, facts({ bringsMerges: true }))).toEqual([{ kind: 'linear-history' }]);
    expect(assessMerge({ ...rules, linearHistory: false }, facts({ bringsMerges: true }))).toEqual([]);
  });

  describe('where code owners must review', () => {
    const owned = rulesOf(file('        require_code_owner_reviews: true\n'));
    const codeOwners = readCodeOwners('* @Hubot\n/deploy/ @ops @octocat\n/team/ @octo/team\n/free/\n');
    test.each<[string, string[], string[], Missing[]]>([
      ['their owner approved', ['a.py'], ['hubot'], []],
      ['nobody owns them', ['free/a'], ['anybody'], []],
      ['one of several owners approved', ['deploy/x'], ['octocat'], []],
      [
        'another one approved',
        ['deploy/x', 'deploy/y'],
        ['hubot'],
        [{ kind: 'code-owners', owners: ['@ops', '@octocat'], files: ['deploy/x', 'deploy/y'] }],
      ],
      [
        'a part has no approval',
        ['a.py', 'deploy/x'],
        ['hubot'],
        [{ kind: 'code-owners', owners: ['@ops', '@octocat'], files: ['deploy/x'] }],
      ],
      [
        'a team owns them',
        ['team/x'],
        ['hubot'],
        [{ kind: 'code-owners', owners: ['@octo/team'], files: ['team/x'] }],
      ],
    ])('changed files: %s', (_, changedFiles, approvers, missing) => {
      const pullRequest = { changedFiles, codeOwners, reviews: approvers.map((name) => approval(name)) };
      expect(assessMerge(owned, facts({ pullRequest }))).toEqual(missing);
      expect(assessMerge(rules, facts({ pullRequest }))).toEqual([]);
    });
  });
});

describe('a push to a protected branch', () => {
  const direct = facts({ pullRequest: null });
  const free: ProtectionRules = { ...rules, reviews: null };
  test.each<[string, ProtectionRules, BranchPush, Missing[]]>([
    [
      'of what is no pull request',
      rules,
      { kind: 'update', isForced: false, facts: direct },
      [{ kind: 'pull-request' }],
    ],
    [
      'of what is a pull request that keeps all rules',
      rules,
      { kind: 'update', isForced: false, facts: facts() },
      [],
    ],
    [
      'of a commit whose checks have passed, where no pull request is needed',
      free,
      { kind: 'update', isForced: false, facts: direct },
      [],
    ],
    [
      'of a commit without checks',
      free,
      { kind: 'update', isForced: false, facts: { ...direct, checks: withCheck('Type Check', undefined) } },
      [{ kind: 'check', context: 'Type Check', state: 'missing' }],
    ],
    ['that is forced', rules, { kind: 'update', isForced: true, facts: facts() }, [{ kind: 'force-push' }]],
    [
      'that is forced where that is allowed',
      { ...rules, allowForcePushes: true },
      { kind: 'update', isForced: true, facts: facts() },
      [],
    ],
    ['that deletes it', rules, { kind: 'delete' }, [{ kind: 'deletion' }]],
    ['that deletes it where that is allowed', { ...rules, allowDeletions: true }, { kind: 'delete' }, []],
    [
      'that makes it of a commit that is protected already',
      rules,
      { kind: 'create', isKnown: true, facts: direct },
      [],
    ],
    [
      'that makes it of new commits',
      rules,
      { kind: 'create', isKnown: false, facts: direct },
      [{ kind: 'pull-request' }],
    ],
  ])('%s', (_, own, push, missing) => {
    expect(assessPush(own, push)).toEqual(missing);
  });
});

describe('who keeps the rules', () => {
  const one: Missing[] = [{ kind: 'pull-request' }];
  test.each<[string, Missing[], boolean, boolean, string]>([
    ['all of them, whoever it is', [], true, false, 'allowed'],
    ['not all, no administrator', one, false, false, 'refused'],
    ['not all, an administrator for whom they hold', one, true, true, 'refused'],
    ['not all, an administrator for whom they do not hold', one, false, true, 'bypassed'],
    [
      'a forced push by an administrator for whom they do not hold',
      [{ kind: 'force-push' }],
      false,
      true,
      'refused',
    ],
    [
      'a deletion by an administrator for whom they do not hold',
      [{ kind: 'deletion' }],
      false,
      true,
      'refused',
    ],
  ])('%s', (_, missing, enforceAdmins, mayBypass, kind) => {
    expect(admit({ enforceAdmins }, { missing, mayBypass }).kind).toBe(kind);
  });
});

test('what is missing is said in sentences', () => {
  const all: Missing[] = [
    { kind: 'check', context: 'Unit Tests', state: 'skipped' },
    { kind: 'code-owners', owners: ['@octo/team'], files: ['a', 'b', 'c', 'd'] },
    { kind: 'code-owners', owners: ['@ops', '@octo/team'], files: ['a'] },
  ];
  expect(all.map(describeMissing)).toEqual([
    'The required check “Unit Tests” was skipped, which is not a pass.',
    'a, b, c and 1 more need the approval of @octo/team, whom this server does not know: CODEOWNERS must name users.',
    'a needs the approval of @ops.',
  ]);
});
