import { describe, expect, test } from 'vitest';
import { rulesFor } from './protection-rules.ts';
import { readProtection } from './read-protection.ts';

const whole = `# .github/branch-protection.yml
branches:
  - name: main
    protection:
      required_status_checks:
        strict: true
        contexts:
          - "Lint & Format Check"
          - "Unit Tests"
      required_pull_request_reviews:
        required_approving_review_count: 1
        dismiss_stale_reviews: true
      enforce_admins: true
      required_linear_history: true
`;

test('rules are read as GitHub names them, with its defaults', () => {
  const { value, diagnostics } = readProtection(whole);
  expect(diagnostics).toEqual([]);
  expect(value).toEqual([
    {
      name: 'main',
      statusChecks: { strict: true, contexts: ['Lint & Format Check', 'Unit Tests'] },
      reviews: { approvals: 1, dismissStale: true, codeOwners: false },
      enforceAdmins: true,
      linearHistory: true,
      allowForcePushes: false,
      allowDeletions: false,
    },
  ]);
});

test('null and false turn rules off', () => {
  const { value } = readProtection(`branches:
  - name: main
    protection:
      required_status_checks: null
      required_pull_request_reviews: null
      restrictions: null
      enforce_admins: null
      required_conversation_resolution: false
`);
  expect(value?.[0]).toMatchObject({ statusChecks: null, reviews: null, enforceAdmins: false });
});

describe('a mistake is told with its place', () => {
  test.each([
    ['an unknown key', 'strict: true', 'stric: true', '6:9 unknown-key'],
    ['an unknown key of a branch', 'name: main', 'nam: main', '3:5 unknown-key, 3:5 missing-key'],
    [
      'a rule that is not enforced',
      'required_linear_history: true',
      'required_conversation_resolution: true',
      '14:41 unsupported-key',
    ],
    ['restrictions', 'enforce_admins: true', 'restrictions: { users: [a] }', '13:21 unsupported-key'],
    ['text for a truth', 'strict: true', 'strict: maybe', '6:17 wrong-type'],
    ['too many approvals', 'count: 1', 'count: 7', '11:42 out-of-range'],
    ['contexts that are no list', '        contexts:\n', '        contexts: all\n', undefined],
    ['a whole ref', 'name: main', 'name: refs/heads/main', '3:11 invalid-value'],
    [
      'a branch twice',
      '  - name: main\n',
      '  - { name: main, protection: {} }\n  - name: main\n',
      '4:11 invalid-value',
    ],
  ])('%s', (_, from, to, expected) => {
    expect(whole).toContain(from);
    const { value, diagnostics } = readProtection(whole.replace(from, to));
    expect(value).toBeUndefined();
    const found = diagnostics.map(({ line, column, code }) => `${line}:${column} ${code}`).join(', ');
    if (expected === undefined) expect(found).not.toBe('');
    else expect(found).toBe(expected);
    for (const one of diagnostics)
      expect(one).toMatchObject({ file: '.github/branch-protection.yml', severity: 'error' });
  });

  test('an empty file is one', () => {
    expect(readProtection('').diagnostics).toMatchObject([{ line: 1, code: 'wrong-type' }]);
  });
});

test.each([
  ['main', 'main'],
  ['release/1.2', 'release/*'],
  ['release/special', 'release/special'],
  ['release/1/2', undefined],
  ['topic', undefined],
])('of %s the rules are those of %s', (branch, name) => {
  const rules = (one: string) => `  - { name: "${one}", protection: {} }\n`;
  const { value } = readProtection(
    `branches:\n${rules('release/*')}${rules('release/special')}${rules('main')}`,
  );
  expect(rulesFor(value ?? [], branch)?.name).toBe(name);
});
