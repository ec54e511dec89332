import { sign } from 'node:crypto';
import { type AttestationBundle, preAuthEncoding, statementType } from '@slipway/contracts/attestation';
import type { AttestationKey } from './attestation-keys.ts';

/** A statement in an envelope that is signed. */
export function signStatement(statement: object, { kid, privateKey }: AttestationKey): AttestationBundle {
  const payload = Buffer.from(JSON.stringify(statement));
  const sig = sign('sha256', preAuthEncoding(statementType, payload), privateKey).toString('base64');
  return {
    mediaType: 'application/vnd.dev.sigstore.bundle.v0.3+json',
    verificationMaterial: { publicKey: { hint: kid }, tlogEntries: [] },
    dsseEnvelope: {
      payload: payload.toString('base64'),
      payloadType: statementType,
      signatures: [{ sig, keyid: kid }],
    },
  };
}
