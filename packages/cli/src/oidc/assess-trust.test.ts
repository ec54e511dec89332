import { describe, expect, test } from 'vitest';
import { assessTrust, type Claims } from './assess-trust.ts';
import { isLike } from './condition-operators.ts';
import { readTrustPolicy, type TrustPolicy } from './iam-policy.ts';
import { trustPolicyOf } from './trust-policy.ts';

const now = Date.parse('2026-03-02T12:00:00Z');
const issuer = 'https://ci.example.com/oidc';
const provider = 'ci.example.com/oidc';
const good: Claims = {
  iss: issuer,
  aud: 'sts.amazonaws.com',
  sub: 'repo:org/taskmanager:ref:refs/heads/main',
  repository: 'org/taskmanager',
  environment: 'production',
  nbf: now / 1000 - 60,
  exp: now / 1000 + 300,
};

function read(policy: object): TrustPolicy {
  const result = readTrustPolicy(JSON.stringify(policy));
  if ('mistake' in result) throw new Error(result.mistake);
  return result.policy;
}

/** One statement with these conditions. */
function policyWith(Condition: object, change: object = {}): TrustPolicy {
  return read({
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: { Federated: `arn:aws:iam::123456789012:oidc-provider/${provider}` },
        Action: 'sts:AssumeRoleWithWebIdentity',
        Condition,
        ...change,
      },
    ],
  });
}

function verdictOn(policy: TrustPolicy, change: object = {}): string {
  const verdict = assessTrust(policy, { claims: { ...good, ...change }, now });
  if (verdict.kind === 'allowed') return 'allowed';
  return verdict.reasons
    .map(({ statement, reason }) => (statement === null ? reason : `${statement}: ${reason}`))
    .join('\n');
}

const main = read(
  trustPolicyOf({
    issuer,
    account: '123456789012',
    audience: 'sts.amazonaws.com',
    subject: 'repo:org/taskmanager:ref:refs/heads/main',
  }),
);
const subject = (sub: string): string =>
  `1: StringEquals ${provider}:sub: it wants 'repo:org/taskmanager:ref:refs/heads/main', the token has '${sub}'`;

describe('the trust policy of a main branch', () => {
  test('lets its jobs in', () => {
    expect(verdictOn(main)).toBe('allowed');
    expect(assessTrust(main, { claims: good, now })).toEqual({ kind: 'allowed', statement: 1, warnings: [] });
  });

  test.each([
    ['another branch', 'repo:org/taskmanager:ref:refs/heads/dev'],
    ['a branch whose name begins so', 'repo:org/taskmanager:ref:refs/heads/main2'],
    ['a branch whose name ends so', 'repo:org/taskmanager:ref:refs/heads/x/main'],
    ['a tag of that name', 'repo:org/taskmanager:ref:refs/tags/main'],
    ['a pull request', 'repo:org/taskmanager:pull_request'],
    ['an environment', 'repo:org/taskmanager:environment:production'],
    ['an environment that is named like a ref', 'repo:org/taskmanager:environment:x%3Aref%3Arefs/heads/main'],
    ['another repository', 'repo:org/other:ref:refs/heads/main'],
    ['a repository whose name begins so', 'repo:org/taskmanager2:ref:refs/heads/main'],
    ['another owner', 'repo:organisation/taskmanager:ref:refs/heads/main'],
    ['an owner whose name ends so', 'repo:evil-org/taskmanager:ref:refs/heads/main'],
    ['capitals', 'repo:Org/TaskManager:ref:refs/heads/main'],
    ['the form with ids', 'repo:org@1/taskmanager@2:ref:refs/heads/main'],
    ['a space behind', 'repo:org/taskmanager:ref:refs/heads/main '],
  ])('refuses %s', (_, sub) => {
    expect(verdictOn(main, { sub })).toBe(subject(sub));
  });

  test.each<[string, object, string]>([
    [
      'another audience',
      { aud: 'https://ci.example.com/org' },
      `1: StringEquals ${provider}:aud: it wants 'sts.amazonaws.com', the token has 'https://ci.example.com/org'`,
    ],
    [
      'several audiences',
      { aud: ['sts.amazonaws.com', 'other'] },
      `1: StringEquals ${provider}:aud: it wants 'sts.amazonaws.com', the token has 'sts.amazonaws.com', 'other'`,
    ],
    [
      'no subject',
      { sub: undefined },
      `1: StringEquals ${provider}:sub: it wants 'repo:org/taskmanager:ref:refs/heads/main', the token has nothing`,
    ],
    ['one that has expired', { exp: now / 1000 }, 'the token has expired at 2026-03-02T12:00:00.000Z'],
    ['one that never expires', { exp: undefined }, 'the token does not say when it expires'],
    [
      'one of tomorrow',
      { nbf: now / 1000 + 86_400 },
      'the token is not valid before 2026-03-03T12:00:00.000Z',
    ],
  ])('refuses %s', (_, change, reason) => {
    expect(verdictOn(main, change)).toBe(reason);
  });

  test.each([
    ['another issuer', 'https://ci.example.org/oidc'],
    ['an issuer below it', 'https://ci.example.com/oidc/evil'],
    ['an issuer whose host begins so', 'https://ci.example.com.evil.net/oidc'],
    ['GitHub', 'https://token.actions.githubusercontent.com'],
    ['nobody', undefined],
  ])('refuses tokens of %s', (_, iss) => {
    expect(verdictOn(main, { iss })).toContain(`1: its provider is ${provider}, the issuer of the token `);
  });
});

describe('conditions', () => {
  const key = `${provider}:sub`;
  test.each<[string, object, object, boolean]>([
    ['one of several values', { StringEquals: { [key]: ['x', good.sub] } }, {}, true],
    ['* and ?', { StringLike: { [key]: 'repo:org/*:ref:refs/heads/mai?' } }, {}, true],
    ['* has no power in StringEquals', { StringEquals: { [key]: 'repo:org/*' } }, {}, false],
    ['case counts in StringLike', { StringLike: { [key]: 'repo:ORG/*' } }, {}, false],
    [
      'it does not in …IgnoreCase',
      { StringEqualsIgnoreCase: { [key]: 'REPO:ORG/taskmanager:ref:refs/heads/MAIN' } },
      {},
      true,
    ],
    ['nor in names of keys', { StringEquals: { [`${provider}:SUB`]: good.sub } }, {}, true],
    ['not this one', { StringNotEquals: { [key]: 'repo:org/other:pull_request' } }, {}, true],
    ['not this pattern', { StringNotLike: { [key]: 'repo:org/*' } }, {}, false],
    ['not, of nothing', { StringNotEquals: { [`${provider}:email`]: 'a@b' } }, {}, true],
    ['IfExists, of nothing', { StringEqualsIfExists: { [`${provider}:email`]: 'a@b' } }, {}, true],
    [
      'IfExists, of another',
      { StringEqualsIfExists: { [`${provider}:email`]: 'a@b' } },
      { email: 'c@d' },
      false,
    ],
    [
      'ForAnyValue of several',
      { 'ForAnyValue:StringEquals': { [`${provider}:amr`]: 'mfa' } },
      { amr: ['pwd', 'mfa'] },
      true,
    ],
    [
      'ForAnyValue of none of them',
      { 'ForAnyValue:StringLike': { [`${provider}:amr`]: 'm*' } },
      { amr: ['pwd'] },
      false,
    ],
    ['ForAnyValue of nothing', { 'ForAnyValue:StringEquals': { [`${provider}:amr`]: 'mfa' } }, {}, false],
    [
      'ForAllValues of some',
      { 'ForAllValues:StringEquals': { [`${provider}:amr`]: ['mfa'] } },
      { amr: ['pwd', 'mfa'] },
      false,
    ],
    ['ForAllValues of nothing', { 'ForAllValues:StringEquals': { [`${provider}:amr`]: ['mfa'] } }, {}, true],
    ['Null: it must be there', { Null: { [key]: 'false' } }, {}, true],
    ['Null: it must not', { Null: { [key]: 'true' } }, {}, false],
    [
      'two keys, one of which fails',
      { StringEquals: { [key]: good.sub, [`${provider}:aud`]: 'x' } },
      {},
      false,
    ],
    ['an operator that is not known', { IpAddress: { [key]: '10.0.0.0/8' } }, {}, false],
    [
      'a key of another issuer',
      { StringEquals: { 'token.actions.githubusercontent.com:sub': good.sub } },
      {},
      false,
    ],
  ])('%s', (_, condition, change, isAllowed) => {
    expect(verdictOn(policyWith(condition), change) === 'allowed').toBe(isAllowed);
  });

  test('on what AWS does not hand over of the issuer never hold, and it is said why', () => {
    const condition = { StringEquals: { [`${provider}:repository`]: 'org/taskmanager' } };
    expect(verdictOn(policyWith(condition))).toBe(
      `1: StringEquals ${provider}:repository: AWS hands no repository of this issuer to conditions, only aud, sub, amr, azp, oaud, email`,
    );
    const github = 'token.actions.githubusercontent.com';
    const principal = { Principal: { Federated: `arn:aws:iam::123456789012:oidc-provider/${github}` } };
    const same = policyWith({ StringEquals: { [`${github}:repository`]: 'org/taskmanager' } }, principal);
    expect(verdictOn(same, { iss: `https://${github}` })).toBe('allowed');
  });
});

describe('statements', () => {
  test.each([
    [
      'of another action',
      { Action: 'sts:AssumeRole' },
      '1: its action is sts:AssumeRole, not sts:AssumeRoleWithWebIdentity',
    ],
    [
      'of a user',
      { Principal: { AWS: 'arn:aws:iam::123456789012:root' } },
      '1: its principal is no OIDC provider: Federated is missing',
    ],
    ['that denies', { Effect: 'Deny' }, '1: it denies the token'],
  ])('%s let nobody in', (_, change, reason) => {
    expect(verdictOn(policyWith({}, change))).toBe(reason);
  });

  test('actions may be patterns, in any case', () => {
    expect(verdictOn(policyWith({}, { Action: ['sts:TagSession', 'STS:assumerolewith*'] }))).toBe('allowed');
  });

  test('one that denies goes before all that allow', () => {
    const [allow] = main.Statement;
    const deny = policyWith({ StringLike: { [`${provider}:sub`]: 'repo:org/*' } }, { Effect: 'Deny' })
      .Statement[0];
    if (allow === undefined || deny === undefined) throw new Error('both are there');
    expect(verdictOn({ Statement: [allow, deny] })).toBe('2: it denies the token');
  });

  test('what is weaker than it seems is said', () => {
    const verdict = (condition: object) => assessTrust(policyWith(condition), { claims: good, now });
    expect(verdict({})).toMatchObject({
      warnings: [
        expect.stringContaining('no condition is on sub'),
        expect.stringContaining('no condition is on aud'),
      ],
    });
    const aud = { [`${provider}:aud`]: 'sts.amazonaws.com' };
    expect(verdict({ StringEquals: aud, StringLike: { [`${provider}:sub`]: 'repo:or*' } })).toMatchObject({
      warnings: ["sub 'repo:or*' fits projects of every owner whose name begins so"],
    });
    expect(verdict({ StringEquals: aud, StringLike: { [`${provider}:sub`]: 'repo:org/*' } })).toMatchObject({
      warnings: [],
    });
  });
});

test('a pattern of many stars is no trap', () => {
  expect(isLike('a'.repeat(50_000), `${'*a'.repeat(2_000)}*b`)).toBe(false);
  expect(isLike('refs/heads/main', 'refs/*/*n')).toBe(true);
  expect(isLike('', '*')).toBe(true);
  expect(isLike('', '?')).toBe(false);
});

test('what is no trust policy is refused with its place', () => {
  expect(readTrustPolicy('{')).toMatchObject({ mistake: expect.stringContaining('it is no JSON') });
  expect(readTrustPolicy('{"Statement":[{"Effect":"Maybe"}]}')).toMatchObject({
    mistake: expect.stringContaining('Statement'),
  });
});
