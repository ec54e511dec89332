import { holds, isLike, type Operator, readOperator } from './condition-operators.ts';
import type { Statement, TrustPolicy } from './iam-policy.ts';
import { providerOf } from './trust-policy.ts';

/** What a token says; `iss` and times are looked at before conditions are. */
export type Claims = Readonly<Record<string, unknown>>;

export type TrustVerdict =
  /** `warnings`: what makes the policy weaker than people think. */
  | { kind: 'allowed'; statement: number; warnings: string[] }
  /** Every reason, in order. */
  | { kind: 'refused'; reasons: TrustReason[] };

export interface TrustReason {
  /** Counted from 1; null: concerns the token, whatever the policy. */
  statement: number | null;
  /** For people; one clause. */
  reason: string;
}

const action = 'sts:AssumeRoleWithWebIdentity';
const githubIssuer = 'https://token.actions.githubusercontent.com';
/** Of every issuer. @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html#condition-keys-wif */
const commonClaims = ['aud', 'sub', 'amr', 'azp', 'oaud', 'email'];
/** Of GitHub's issuer besides. */
const githubClaims = [
  'actor',
  'actor_id',
  'enterprise_id',
  'environment',
  'job_workflow_ref',
  'ref',
  'repository',
  'repository_id',
  'workflow',
];

/** Whether AWS would let a token assume the role of a trust policy, and what stands in the way. The signature is the caller's to check. Pure. */
export function assessTrust(
  policy: TrustPolicy,
  { claims, now }: { claims: Claims; now: number },
): TrustVerdict {
  const reasons: TrustReason[] = assessTimes(claims, now).map((reason) => ({ statement: null, reason }));
  const verdicts = policy.Statement.map((statement) => ({
    statement,
    missed: assessStatement(statement, claims),
  }));
  const denied = verdicts.findIndex(
    ({ statement, missed }) => statement.Effect === 'Deny' && missed.length === 0,
  );
  if (denied !== -1) reasons.push({ statement: denied + 1, reason: 'it denies the token' });
  const allowing = verdicts.findIndex(
    ({ statement, missed }) => statement.Effect === 'Allow' && missed.length === 0,
  );
  if (allowing === -1) {
    for (const [index, { statement, missed }] of verdicts.entries()) {
      if (statement.Effect === 'Deny') continue;
      reasons.push(...missed.map((reason) => ({ statement: index + 1, reason })));
    }
    if (reasons.length === 0) reasons.push({ statement: null, reason: 'no statement allows anything' });
  }
  if (reasons.length > 0) return { kind: 'refused', reasons };
  const statement = policy.Statement[allowing] as Statement;
  return { kind: 'allowed', statement: allowing + 1, warnings: warningsOf(statement, String(claims.iss)) };
}

function assessTimes({ exp, nbf }: Claims, now: number): string[] {
  const text = (seconds: number): string => new Date(seconds * 1000).toISOString();
  const at = now / 1000;
  return [
    ...(typeof exp !== 'number' ? ['the token does not say when it expires'] : []),
    ...(typeof exp === 'number' && exp <= at ? [`the token has expired at ${text(exp)}`] : []),
    ...(typeof nbf === 'number' && nbf > at ? [`the token is not valid before ${text(nbf)}`] : []),
  ];
}

/** What of a statement the token does not meet; nothing: the statement is about it. */
function assessStatement({ Principal, Action, Condition }: Statement, claims: Claims): string[] {
  const missed: string[] = [];
  if (!Action.some((one) => isLike(action.toLowerCase(), one.toLowerCase()))) {
    missed.push(`its action is ${Action.join(', ')}, not ${action}`);
  }
  const issuer = typeof claims.iss === 'string' ? claims.iss : '';
  const providers = Principal === '*' ? [] : (Principal.Federated ?? []);
  const arns = providers.map(
    (arn) => /^arn:aws[a-z-]*:iam::\d{12}:oidc-provider\/(.+)$/.exec(arn)?.[1] ?? arn,
  );
  if (arns.length === 0) missed.push('its principal is no OIDC provider: Federated is missing');
  else if (!arns.includes(providerOf(issuer))) {
    missed.push(
      `its provider is ${arns.join(', ')}, the issuer of the token ${providerOf(issuer) || 'nobody'}`,
    );
  }
  for (const [name, keys] of Object.entries(Condition)) {
    const operator = readOperator(name);
    if (operator === undefined) missed.push(`its operator ${name} is not known here`);
    else missed.push(...assessKeys(keys, { name, operator, claims, issuer }));
  }
  return missed;
}

interface Condition {
  name: string;
  operator: Operator;
  claims: Claims;
  issuer: string;
}

function assessKeys(keys: Record<string, string[]>, { name, operator, claims, issuer }: Condition): string[] {
  return Object.entries(keys).flatMap(([key, wanted]) => {
    const claim = claimOf(key, issuer);
    if (claim === undefined) {
      return [`${name} ${key}: the key is not of the token's issuer, ${providerOf(issuer)}`];
    }
    const isHanded =
      commonClaims.includes(claim) || (issuer === githubIssuer && githubClaims.includes(claim));
    const values = isHanded ? valuesOf(claims[claim]) : [];
    if (holds(operator, values, wanted)) return [];
    if (!isHanded)
      return [
        `${name} ${key}: AWS hands no ${claim} of this issuer to conditions, only ${commonClaims.join(', ')}`,
      ];
    const has = values.length === 0 ? 'nothing' : values.map((one) => `'${one}'`).join(', ');
    return [`${name} ${key}: it wants ${wanted.map((one) => `'${one}'`).join(' or ')}, the token has ${has}`];
  });
}

/** Names of keys are the same in upper and lower case; values are not. */
function claimOf(key: string, issuer: string): string | undefined {
  const prefix = `${providerOf(issuer)}:`.toLowerCase();
  return key.toLowerCase().startsWith(prefix) ? key.slice(prefix.length).toLowerCase() : undefined;
}

function valuesOf(value: unknown): string[] {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? value.map(String) : [String(value)];
}

function warningsOf({ Condition }: Statement, issuer: string): string[] {
  const asked = Object.entries(Condition).flatMap(([name, keys]) =>
    Object.entries(keys).map(([key, wanted]) => ({ name, wanted, claim: claimOf(key, issuer) })),
  );
  const subjects = asked.filter(({ claim }) => claim === 'sub').flatMap(({ wanted }) => wanted);
  return [
    ...(subjects.length === 0
      ? ['no condition is on sub: jobs of every project of the issuer may assume the role']
      : []),
    ...subjects
      .filter((subject) => /^(\*|repo:\*|repo:[^/]*\*)/.test(subject))
      .map((subject) => `sub '${subject}' fits projects of every owner whose name begins so`),
    ...(asked.some(({ claim }) => claim === 'aud')
      ? []
      : ['no condition is on aud: tokens for others are taken, as far as the provider has their audience']),
    ...asked
      .filter(({ name }) => /^ForAllValues:/i.test(name))
      .map(({ claim }) => `ForAllValues holds too where the token has no ${claim}`),
    ...(issuer.startsWith('https://') ? [] : ['AWS takes issuers with https only']),
  ];
}
