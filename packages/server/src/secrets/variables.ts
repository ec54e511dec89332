import { SlipwayError } from '@slipway/contracts/errors';
import { recordAudit } from '../access/audit.ts';
import type { Store } from '../store/open-store.ts';
import { projectOfScope, type Scope, scopeKey, scopeText } from './scope.ts';

export interface ListedVariable {
  name: string;
  value: string;
  createdAt: number;
  updatedAt: number;
}

interface Clock {
  store: Store;
  now: number;
}

export async function listVariables(store: Store, scope: Scope): Promise<ListedVariable[]> {
  const rows = await store
    .selectFrom('variable')
    .select(['name', 'value', 'created_at', 'updated_at'])
    .where('scope', '=', scopeKey(scope))
    .orderBy('name')
    .execute();
  return rows.map(({ name, value, created_at, updated_at }) => ({
    name,
    value,
    createdAt: created_at,
    updatedAt: updated_at,
  }));
}

/** Sets a variable, for events and jobs from now on. `name` is upper case. */
export async function setVariable(
  { store, now }: Clock,
  { scope, name, value, by }: { scope: Scope; name: string; value: string; by: string },
): Promise<void> {
  const changed = { value, updated_by: by, updated_at: now };
  await store.transaction().execute(async (transaction) => {
    await transaction
      .insertInto('variable')
      .values({ scope: scopeKey(scope), name, ...changed, created_at: now })
      .onConflict((conflict) => conflict.columns(['scope', 'name']).doUpdateSet(changed))
      .execute();
    await record({ store: transaction, now }, { action: 'variable.set', scope, name, by });
  });
}

/** @throws SlipwayError `unknown-variable` */
export async function removeVariable(
  { store, now }: Clock,
  { scope, name, by }: { scope: Scope; name: string; by: string },
): Promise<void> {
  await store.transaction().execute(async (transaction) => {
    const removed = await transaction
      .deleteFrom('variable')
      .where(({ and }) => and({ scope: scopeKey(scope), name }))
      .returning('name')
      .executeTakeFirst();
    if (removed === undefined) throw new SlipwayError('unknown-variable');
    await record({ store: transaction, now }, { action: 'variable.removed', scope, name, by });
  });
}

/** Values by name; of a name that several scopes have, the last counts. */
export async function readVariables(store: Store, scopes: readonly Scope[]): Promise<Record<string, string>> {
  const keys = scopes.map(scopeKey);
  const rows = await store
    .selectFrom('variable')
    .select(['scope', 'name', 'value'])
    .where('scope', 'in', keys)
    .execute();
  const inOrder = keys.flatMap((key) => rows.filter(({ scope }) => scope === key));
  return Object.fromEntries(inOrder.map(({ name, value }) => [name, value]));
}

async function record(
  { store, now }: Clock,
  { action, scope, name, by }: { action: string; scope: Scope; name: string; by: string },
): Promise<void> {
  await recordAudit(store, {
    at: now,
    actor: by,
    action,
    project: projectOfScope(scope),
    subject: `variable ${name} of ${scopeText(scope)}`,
    outcome: 'done',
  });
}
