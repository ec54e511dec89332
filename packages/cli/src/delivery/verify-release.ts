import { createPublicKey, type JsonWebKey, verify } from 'node:crypto';
import type { AttestationsAnswer } from '@slipway/contracts/api/delivery';
import {
  type AttestationBundle,
  type ProvenanceStatement,
  preAuthEncoding,
  provenanceStatementSchema,
  statementType,
} from '@slipway/contracts/attestation';

/** A published key. */
export interface VerificationKey extends JsonWebKey {
  kid?: string;
}

export type Verified =
  | { kind: 'proven'; component: string; reference: string; keyId: string; statement: ProvenanceStatement }
  | { kind: 'unproven'; component: string; reference: string; reason: string };

/** Holds what was signed about a release against the release, component by component. Asks nobody. */
export function verifyRelease(
  { release, attestations }: AttestationsAnswer,
  keys: readonly VerificationKey[],
): Verified[] {
  return Object.entries(release.components).map(([component, reference]) => {
    const signed = attestations.find((one) => one.component === component);
    const reading = signed === undefined ? 'nothing is signed about it' : readBundle(signed.bundle, keys);
    if (typeof reading === 'string') return { kind: 'unproven', component, reference, reason: reading };
    const reason = contradiction(reading.statement, { component, reference, release });
    if (reason !== null) return { kind: 'unproven', component, reference, reason };
    return { kind: 'proven', component, reference, ...reading };
  });
}

/** What an envelope says, if a key that is trusted has signed it; else why not. */
function readBundle(
  { dsseEnvelope }: AttestationBundle,
  keys: readonly VerificationKey[],
): { statement: ProvenanceStatement; keyId: string } | string {
  const { payload, payloadType, signatures } = dsseEnvelope;
  const [signature] = signatures;
  const key = keys.find(({ kid }) => kid !== undefined && kid === signature?.keyid);
  if (signature === undefined || key === undefined) return `no key ${signature?.keyid} is trusted`;
  const bytes = Buffer.from(payload, 'base64');
  const isSigned = verify(
    'sha256',
    preAuthEncoding(payloadType, bytes),
    createPublicKey({ key, format: 'jwk' }),
    Buffer.from(signature.sig, 'base64'),
  );
  if (!isSigned) return 'the signature does not fit';
  if (payloadType !== statementType) return `${payloadType} is no in-toto statement`;
  const statement = provenanceStatementSchema.safeParse(parsed(bytes));
  return statement.success
    ? { statement: statement.data, keyId: signature.keyid }
    : 'what is signed is no SLSA provenance';
}

function contradiction(
  { subject, predicate }: ProvenanceStatement,
  {
    component,
    reference,
    release,
  }: { component: string; reference: string; release: AttestationsAnswer['release'] },
): string | null {
  const digest = reference.split('sha256:')[1] ?? '';
  const { internalParameters, resolvedDependencies } = predicate.buildDefinition;
  const { slipway } = internalParameters;
  if (!subject.some((one) => one.digest.sha256 === digest)) {
    return `what is signed is of ${subject.map((one) => `sha256:${one.digest.sha256}`).join(', ')}`;
  }
  if (slipway.release !== release.tag || slipway.component !== component) {
    return `what is signed is of ${slipway.component} of release ${slipway.release}`;
  }
  const commits = resolvedDependencies.map((one) => one.digest.gitCommit);
  return commits.includes(release.commit) ? null : `what is signed is of commit ${commits.join(', ')}`;
}

function parsed(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString());
  } catch {
    return null;
  }
}
