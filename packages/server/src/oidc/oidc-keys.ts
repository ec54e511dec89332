import { createHash, randomUUID } from 'node:crypto';
import { exportJWK, generateKeyPair, importJWK, type JWK } from 'jose';
import { createKeySeal, type KeySeal } from '../access/sealed-key.ts';
import type { Store } from '../store/open-store.ts';
import { type KeyPlan, planKeys, type RotatedKey } from './plan-keys.ts';

/** AWS and most others verify this one. */
export const algorithm = 'RS256';

export interface SigningKey {
  kid: string;
  key: Awaited<ReturnType<typeof importJWK>>;
}

/** The keys that sign ID tokens; in the store, so that all servers that share it have the same. */
export interface OidcKeys {
  /** Makes the next one when it is time to. */
  signing(): Promise<SigningKey>;
  /** For everybody: public parts. */
  published(): Promise<JWK[]>;
}

interface Keeping {
  store: Store;
  now: () => number;
  /** The server's, under which private keys are encrypted. */
  serverKey: Uint8Array;
}

export function createOidcKeys({ store, now, serverKey }: Keeping): OidcKeys {
  const seal = createKeySeal(serverKey, 'slipway oidc keys');
  const opened = new Map<string, SigningKey>();
  const plan = async (): Promise<KeyPlan> => planKeys(await readKeys(store), now());
  const rotate = async (): Promise<KeyPlan> => {
    const current = await plan();
    if (current.create === null) return current;
    await createKey(store, { ...current.create, createdAt: now(), seal });
    if (current.expired.length > 0) {
      await store.deleteFrom('oidc_key').where('kid', 'in', current.expired).execute();
    }
    return plan();
  };
  let rotating: Promise<KeyPlan> | null = null;
  // Whoever asks while a key is made waits for that one.
  const rotated = (): Promise<KeyPlan> => {
    rotating ??= rotate().finally(() => {
      rotating = null;
    });
    return rotating;
  };
  return {
    async signing() {
      const { signing: kid } = await rotated();
      if (kid === null) throw new Error('no key is there to sign with');
      const known = opened.get(kid);
      if (known !== undefined) return known;
      const key = await openKey(store, kid, seal);
      opened.set(kid, key);
      return key;
    },
    async published() {
      const { published } = await rotated();
      if (published.length === 0) return [];
      const rows = await store
        .selectFrom('oidc_key')
        .select('public_key')
        .where('kid', 'in', published)
        .orderBy('created_at', 'desc')
        .execute();
      return rows.map(({ public_key }) => JSON.parse(public_key) as JWK);
    },
  };
}

async function readKeys(store: Store): Promise<RotatedKey[]> {
  const rows = await store
    .selectFrom('oidc_key')
    .select(['kid', 'created_at', 'signs_until', 'published_until'])
    .execute();
  return rows.map(({ kid, created_at, signs_until, published_until }) => ({
    kid,
    createdAt: created_at,
    signsUntil: signs_until,
    publishedUntil: published_until,
  }));
}

async function createKey(
  store: Store,
  { createdAt, signsUntil, publishedUntil, seal }: Omit<RotatedKey, 'kid'> & { seal: KeySeal },
): Promise<void> {
  const { publicKey, privateKey } = await generateKeyPair(algorithm, { extractable: true });
  const kid = createHash('sha256').update(randomUUID()).digest('base64url').slice(0, 32);
  const shown: JWK = { ...(await exportJWK(publicKey)), kid, alg: algorithm, use: 'sig' };
  const sealed = await seal.seal(await exportJWK(privateKey));
  await store
    .insertInto('oidc_key')
    .values({
      kid,
      public_key: JSON.stringify(shown),
      private_key: sealed,
      created_at: createdAt,
      signs_until: signsUntil,
      published_until: publishedUntil,
    })
    .execute();
}

/** @throws Error where the server's key is another one than that which the store was written with */
async function openKey(store: Store, kid: string, seal: KeySeal): Promise<SigningKey> {
  const { private_key: sealed } = await store
    .selectFrom('oidc_key')
    .select('private_key')
    .where('kid', '=', kid)
    .executeTakeFirstOrThrow();
  return { kid, key: await importJWK(await seal.open(sealed), algorithm) };
}
