import { findAccount, rolesOf } from '../identity/users.ts';
import type { Store } from '../store/open-store.ts';
import type { Person } from './principal.ts';
import { adminName } from './tokens.ts';

/** Somebody by name, with all that the account may do now. @returns null: there is no such account, or it is disabled */
export async function findPerson(store: Store, name: string): Promise<Person | null> {
  if (name === adminName) return { kind: 'person', name, isServerAdmin: true, roles: {}, scopes: null };
  const account = await findAccount(store, name);
  if (account === null || account.disabled_at !== null) return null;
  const roles = await rolesOf(store, account.name);
  return {
    kind: 'person',
    name: account.name,
    isServerAdmin: account.is_server_admin === 1,
    roles,
    scopes: null,
  };
}
