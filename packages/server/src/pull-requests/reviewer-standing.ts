import { mayDo } from '../access/permission.ts';
import { adminName } from '../access/tokens.ts';
import { findAccount, rolesOf } from '../identity/users.ts';
import type { Store } from '../store/open-store.ts';

/** Whether somebody who has reviewed may write to the repository now: a word of somebody who has left counts no more. */
export async function mayStillWrite(
  store: Store,
  { reviewer, project }: { reviewer: string; project: string },
): Promise<boolean> {
  if (reviewer === adminName) return true;
  const account = await findAccount(store, reviewer);
  if (account === null || account.disabled_at !== null) return false;
  const { name, is_server_admin } = account;
  const isServerAdmin = is_server_admin === 1;
  const person = {
    kind: 'person',
    name,
    isServerAdmin,
    roles: await rolesOf(store, name),
    scopes: null,
  } as const;
  return mayDo(person, 'code.write', project);
}
