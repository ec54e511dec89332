import { z } from 'zod';

/**
 * What a DSSE signature is over: payload and its type with their lengths, so that neither passes for the other.
 * @see https://github.com/secure-systems-lab/dsse/blob/master/protocol.md
 */
export function preAuthEncoding(payloadType: string, payload: Uint8Array): Uint8Array {
  const type = new TextEncoder().encode(payloadType);
  const head = new TextEncoder().encode(`DSSEv1 ${type.length} ${payloadType} ${payload.length} `);
  const all = new Uint8Array(head.length + payload.length);
  all.set(head);
  all.set(payload, head.length);
  return all;
}

export const statementType = 'application/vnd.in-toto+json';

/**
 * A DSSE envelope with what verifies it, in the JSON form of Sigstore's bundles: GitHub's attestations have it too, and so do cosign's.
 * @see https://github.com/sigstore/protobuf-specs/blob/main/protos/sigstore_bundle.proto
 */
export const attestationBundleSchema = z.object({
  mediaType: z.literal('application/vnd.dev.sigstore.bundle.v0.3+json'),
  verificationMaterial: z.object({
    /** `hint` is the `kid` of a published key. */
    publicKey: z.object({ hint: z.string() }),
    tlogEntries: z.array(z.unknown()),
  }),
  dsseEnvelope: z.object({
    /** Base64. */
    payload: z.string(),
    payloadType: z.string(),
    signatures: z.array(z.object({ sig: z.string(), keyid: z.string() })).length(1),
  }),
});
export type AttestationBundle = z.infer<typeof attestationBundleSchema>;

/** An in-toto statement of how a component was built, as far as it is read again. */
export const provenanceStatementSchema = z.object({
  _type: z.literal('https://in-toto.io/Statement/v1'),
  subject: z.array(z.object({ name: z.string(), digest: z.object({ sha256: z.string() }) })).min(1),
  predicateType: z.literal('https://slsa.dev/provenance/v1'),
  predicate: z.object({
    buildDefinition: z.object({
      buildType: z.string(),
      externalParameters: z.object({
        workflow: z.object({ ref: z.string(), repository: z.string(), path: z.string() }),
      }),
      internalParameters: z.object({
        slipway: z.object({ release: z.string(), component: z.string(), job: z.string() }),
      }),
      resolvedDependencies: z.array(
        z.object({ uri: z.string(), digest: z.object({ gitCommit: z.string() }) }),
      ),
    }),
    runDetails: z.object({
      builder: z.object({ id: z.string() }),
      metadata: z.object({ invocationId: z.string(), finishedOn: z.string() }),
    }),
  }),
});
export type ProvenanceStatement = z.infer<typeof provenanceStatementSchema>;
