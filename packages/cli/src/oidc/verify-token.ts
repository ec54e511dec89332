import { readFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import type { Mistake, TypedArguments } from '../command-line/command.ts';
import { exitStatus } from '../command-line/exit-status.ts';
import { refuse } from '../command-line/refusal.ts';
import { printOut } from '../view/print.ts';
import { assessTrust, type Claims, type TrustVerdict } from './assess-trust.ts';
import { readTrustPolicy, type TrustPolicy } from './iam-policy.ts';
import { assessSignature, decodeToken } from './read-token.ts';

/** Says whether a trust policy lets a token in: exit status 0 if it does, 1 if it does not. */
export async function verifyToken(typed: TypedArguments): Promise<number> {
  const file = typed.values.get('policy')?.[0];
  const { policy, mistake } = readPolicy(file);
  if (policy === null) return refuse([mistake]);
  const token = await readToken(typed.values.get('token-file')?.[0]);
  const claims = token === null ? null : decodeToken(token);
  if (token === null || claims === null) {
    return refuse([
      { message: 'there is no ID token', mend: 'Give one on the standard input or with --token-file.' },
    ]);
  }
  const isOffline = typed.switches.has('offline');
  const forged = isOffline ? null : await assessSignature(token, String(claims.iss ?? ''));
  const verdict = withSignature(assessTrust(policy, { claims, now: Date.now() }), forged);
  if (typed.switches.has('json')) printOut(`${JSON.stringify({ ...verdict, claims })}\n`);
  else printOut(verdictText(verdict, claims, isOffline));
  return verdict.kind === 'allowed' ? exitStatus.success : exitStatus.failure;
}

function withSignature(verdict: TrustVerdict, forged: string | null): TrustVerdict {
  if (forged === null) return verdict;
  const others = verdict.kind === 'refused' ? verdict.reasons : [];
  return { kind: 'refused', reasons: [{ statement: null, reason: forged }, ...others] };
}

function readPolicy(
  file: string | undefined,
): { policy: TrustPolicy; mistake: null } | { policy: null; mistake: Mistake } {
  const refusal = (message: string, mend: string) => ({ policy: null, mistake: { message, mend } });
  if (file === undefined) return refusal('verify needs a trust policy', 'Name its file with --policy.');
  let content: string;
  try {
    content = readFileSync(file, 'utf8');
  } catch {
    return refusal(`--policy: cannot read ${file}`, 'Name a file that can be read.');
  }
  const read = readTrustPolicy(content);
  return 'policy' in read
    ? { policy: read.policy, mistake: null }
    : refusal(`${file} is no trust policy: ${read.mistake}`, 'Mend it.');
}

async function readToken(file: string | undefined): Promise<string | null> {
  try {
    return (file === undefined ? await text(process.stdin) : readFileSync(file, 'utf8')).trim();
  } catch {
    return null;
  }
}

function verdictText(verdict: TrustVerdict, { sub, aud, iss }: Claims, isOffline: boolean): string {
  const head = `token of ${iss}\n  sub ${sub}\n  aud ${aud}\n`;
  if (verdict.kind === 'refused') {
    const lines = verdict.reasons.map(({ statement, reason }) =>
      statement === null ? `  ${reason}\n` : `  statement ${statement}: ${reason}\n`,
    );
    return `${head}refused:\n${lines.join('')}`;
  }
  const warnings = [...(isOffline ? ['the signature was not checked'] : []), ...verdict.warnings].map(
    (warning) => `  beware: ${warning}\n`,
  );
  return `${head}allowed by statement ${verdict.statement}\n${warnings.join('')}`;
}
