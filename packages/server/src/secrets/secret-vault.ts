import { SlipwayError } from '@slipway/contracts/errors';
import { recordAudit } from '../access/audit.ts';
import type { Store } from '../store/open-store.ts';
import type { KeyRing } from './key-ring.ts';
import { projectOfScope, type Scope, scopeKey, scopeText } from './scope.ts';
import { open, type SealedPlace, seal } from './sealed-value.ts';
import {
  changeCurrentKey,
  findCurrentKey,
  holdCurrentKey,
  requireKey,
  resealSecrets,
} from './secret-keys.ts';

/** Secrets at rest: sealed in the store with keys that are not. */
export interface SecretVault {
  store: Store;
  ring: KeyRing;
  now: () => number;
}

export interface ListedSecret {
  name: string;
  createdAt: number;
  updatedAt: number;
}

/** Names and dates, never values. */
export async function listSecrets({ store }: SecretVault, scope: Scope): Promise<ListedSecret[]> {
  const rows = await store
    .selectFrom('secret')
    .select(['name', 'created_at', 'updated_at'])
    .where('scope', '=', scopeKey(scope))
    .orderBy('name')
    .execute();
  return rows.map(({ name, created_at, updated_at }) => ({
    name,
    createdAt: created_at,
    updatedAt: updated_at,
  }));
}

/** Sets a secret, for jobs that are claimed from now on. `name` is upper case. */
export async function setSecret(
  vault: SecretVault,
  { scope, name, value, by }: { scope: Scope; name: string; value: string; by: string },
): Promise<void> {
  await vault.store.transaction().execute(async (store) => {
    await writeSealed({ ...vault, store }, { scope: scopeKey(scope), name }, { value, by });
    await recordSecret({ ...vault, store }, { action: 'secret.set', scope, name, by });
  });
}

/** @throws SlipwayError `unknown-secret` */
export async function removeSecret(
  vault: SecretVault,
  { scope, name, by }: { scope: Scope; name: string; by: string },
): Promise<void> {
  await vault.store.transaction().execute(async (store) => {
    const removed = await store
      .deleteFrom('secret')
      .where(({ and }) => and({ scope: scopeKey(scope), name }))
      .returning('name')
      .executeTakeFirst();
    if (removed === undefined) throw new SlipwayError('unknown-secret');
    await recordSecret({ ...vault, store }, { action: 'secret.removed', scope, name, by });
  });
}

/** Values by name; of a name that several scopes have, the last counts. */
export async function readSecrets(
  vault: SecretVault,
  scopes: readonly Scope[],
): Promise<Record<string, string>> {
  return readSealed(vault, scopes.map(scopeKey));
}

/** Seals everything with another key, while everything goes on: a new one, or, where the operator gives keys, the one that is first. */
export async function rotateSecretKey(
  vault: SecretVault,
  by: string,
): Promise<{ keyId: string; resealed: number }> {
  const { store, ring, now } = vault;
  const sealing = { store, ring, now: now() };
  await changeCurrentKey(sealing);
  const resealed = await resealSecrets(sealing);
  const keyId = (await findCurrentKey(store)) ?? '';
  const subject = `secret key ${keyId}`;
  await recordAudit(store, {
    at: now(),
    actor: by,
    action: 'secret-key.rotated',
    project: null,
    subject,
    outcome: 'done',
    detail: { resealed },
  });
  return { keyId, resealed };
}

/** In a transaction: the key that it is sealed with is not retired meanwhile. */
export async function writeSealed(
  { store, ring, now }: SecretVault,
  place: SealedPlace,
  { value, by }: { value: string; by: string },
): Promise<void> {
  const key = await holdCurrentKey(store, ring);
  const at = now();
  const changed = { key_id: key.id, sealed: seal(key, place, value), updated_by: by, updated_at: at };
  await store
    .insertInto('secret')
    .values({ ...place, ...changed, created_at: at })
    .onConflict((conflict) => conflict.columns(['scope', 'name']).doUpdateSet(changed))
    .execute();
}

/** @throws Error that names a secret which can't be opened */
export async function readSealed(
  { store, ring }: SecretVault,
  scopes: readonly string[],
): Promise<Record<string, string>> {
  const rows = await store.selectFrom('secret').selectAll().where('scope', 'in', scopes).execute();
  const inOrder = scopes.flatMap((scope) => rows.filter((row) => row.scope === scope));
  const values: [string, string][] = [];
  for (const { scope, name, key_id, sealed } of inOrder) {
    try {
      values.push([name, open(await requireKey(ring, key_id), { scope, name }, sealed)]);
    } catch (cause) {
      throw new Error(`the secret ${name} of ${scope} cannot be opened`, { cause });
    }
  }
  return Object.fromEntries(values);
}

async function recordSecret(
  { store, now }: SecretVault,
  { action, scope, name, by }: { action: string; scope: Scope; name: string; by: string },
): Promise<void> {
  await recordAudit(store, {
    at: now(),
    actor: by,
    action,
    project: projectOfScope(scope),
    subject: `secret ${name} of ${scopeText(scope)}`,
    outcome: 'done',
  });
}
