import { createPrivateKey, generateKeyPairSync, type JsonWebKey, type KeyObject } from 'node:crypto';
import { calculateJwkThumbprint, type JWK } from 'jose';
import { createKeySeal, type KeySeal } from '../access/sealed-key.ts';
import type { Store } from '../store/open-store.ts';

/** ECDSA over P-256 with SHA-256: what cosign and Sigstore's libraries verify by a key. */
const algorithm = 'ES256';
/** Then another one is made. What the old one has signed stays good. */
const signsForMs = 365 * 24 * 60 * 60_000;

export interface AttestationKey {
  kid: string;
  privateKey: KeyObject;
}

/** Keys that sign what the server says of releases; in the store, so that all servers that share it have the same. */
export interface AttestationKeys {
  /** Makes one when there is none that is young enough. */
  signing(): Promise<AttestationKey>;
  /** All that there ever were, the newest first: a release may be as old as the first of them. */
  published(): Promise<JWK[]>;
}

interface Keeping {
  store: Store;
  now: () => number;
  /** The server's, under which private keys are encrypted. */
  serverKey: Uint8Array;
}

export function createAttestationKeys({ store, now, serverKey }: Keeping): AttestationKeys {
  const seal = createKeySeal(serverKey, 'slipway attestation keys');
  const opened = new Map<string, AttestationKey>();
  const newest = () =>
    store
      .selectFrom('attestation_key')
      .select(['kid', 'private_key'])
      .where('created_at', '>', now() - signsForMs)
      .orderBy('created_at', 'desc')
      .orderBy('kid')
      .limit(1)
      .executeTakeFirst();
  return {
    async signing() {
      const row = (await newest()) ?? (await createKey(store, { createdAt: now(), seal }));
      const known = opened.get(row.kid);
      if (known !== undefined) return known;
      const jwk = (await seal.open(row.private_key)) as JsonWebKey;
      const key = { kid: row.kid, privateKey: createPrivateKey({ key: jwk, format: 'jwk' }) };
      opened.set(row.kid, key);
      return key;
    },
    async published() {
      const rows = await store
        .selectFrom('attestation_key')
        .select('public_key')
        .orderBy('created_at', 'desc')
        .execute();
      return rows.map(({ public_key }) => JSON.parse(public_key) as JWK);
    },
  };
}

async function createKey(
  store: Store,
  { createdAt, seal }: { createdAt: number; seal: KeySeal },
): Promise<{ kid: string; private_key: string }> {
  const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const shown = pair.publicKey.export({ format: 'jwk' }) as JWK;
  const kid = await calculateJwkThumbprint(shown);
  const private_key = await seal.seal(pair.privateKey.export({ format: 'jwk' }) as JWK);
  const public_key = JSON.stringify({ ...shown, kid, alg: algorithm, use: 'sig' });
  await store
    .insertInto('attestation_key')
    .values({ kid, public_key, private_key, created_at: createdAt })
    .execute();
  return { kid, private_key };
}
