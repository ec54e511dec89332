import type { UserAnswer } from '@slipway/contracts/api/identity';
import { SlipwayError } from '@slipway/contracts/errors';
import type { Selectable } from 'kysely';
import type { Role } from '../access/permission.ts';
import type { Store } from '../store/open-store.ts';
import type { UserAccountTable } from '../store/tables/identity.ts';

interface Clock {
  store: Store;
  now: number;
}

export interface NewUser {
  name: string;
  isServerAdmin: boolean;
  /** As passwords.ts writes it. */
  password?: string;
  oidcSubject?: string;
}

/**
 * Makes a user, or takes one back who was disabled.
 * @throws SlipwayError `user-exists`
 */
export async function createUser({ store, now }: Clock, user: NewUser): Promise<UserAnswer> {
  const name = user.name.toLowerCase();
  const values = {
    password: user.password ?? null,
    is_server_admin: Number(user.isServerAdmin),
    oidc_subject: user.oidcSubject ?? null,
    disabled_at: null,
  };
  const made = await store
    .insertInto('user_account')
    .values({ name, ...values, created_at: now })
    .onConflict((conflict) =>
      conflict.column('name').doUpdateSet(values).where('user_account.disabled_at', 'is not', null),
    )
    .returning('name')
    .executeTakeFirst();
  if (made === undefined) throw new SlipwayError('user-exists', { field: 'name' });
  return readUser(store, name);
}

/** @throws SlipwayError `unknown-user` */
export async function readUser(store: Store, name: string): Promise<UserAnswer> {
  const row = await findAccount(store, name);
  if (row === null) throw new SlipwayError('unknown-user');
  return userAnswer(row, await rolesOf(store, row.name));
}

/** By name, those who left too. */
export async function listUsers(store: Store): Promise<UserAnswer[]> {
  const rows = await store.selectFrom('user_account').selectAll().orderBy('name').execute();
  const members = await store.selectFrom('project_member').selectAll().orderBy('project').execute();
  return rows.map((row) => {
    const own = members.filter(({ user_name }) => user_name === row.name);
    return userAnswer(row, Object.fromEntries(own.map(({ project, role }) => [project, role as Role])));
  });
}

export async function findAccount(store: Store, name: string): Promise<Selectable<UserAccountTable> | null> {
  const row = await store
    .selectFrom('user_account')
    .selectAll()
    .where('name', '=', name.toLowerCase())
    .executeTakeFirst();
  return row ?? null;
}

/** The roles of a user by project, in lower case. */
export async function rolesOf(store: Store, user: string): Promise<Record<string, Role>> {
  const rows = await store
    .selectFrom('project_member')
    .select(['project', 'role'])
    .where('user_name', '=', user)
    .orderBy('project')
    .execute();
  return Object.fromEntries(rows.map(({ project, role }) => [project, role as Role]));
}

export async function setServerAdmin(store: Store, user: string, isServerAdmin: boolean): Promise<void> {
  await store
    .updateTable('user_account')
    .set({ is_server_admin: Number(isServerAdmin) })
    .where('name', '=', user)
    .execute();
}

/** Ends what a user has: from here on nothing that was given to the user opens anything. The name stays taken. */
export async function disableUser({ store, now }: Clock, user: string): Promise<void> {
  await store.transaction().execute(async (transaction) => {
    await transaction
      .updateTable('user_account')
      .set({ disabled_at: now, password: null, oidc_subject: null, is_server_admin: 0 })
      .where('name', '=', user)
      .execute();
    await transaction
      .updateTable('api_token')
      .set({ revoked_at: now })
      .where(({ and }) => and({ owner: user, kind: 'person' }))
      .where('revoked_at', 'is', null)
      .execute();
    await transaction.deleteFrom('session').where('user_name', '=', user).execute();
    await transaction.deleteFrom('one_time_link').where('user_name', '=', user).execute();
    await transaction.deleteFrom('project_member').where('user_name', '=', user).execute();
  });
}

function userAnswer(row: Selectable<UserAccountTable>, roles: Record<string, Role>): UserAnswer {
  const byPassword = row.password === null ? 'none' : 'password';
  return {
    name: row.name,
    isServerAdmin: row.is_server_admin === 1,
    roles,
    signsInBy: row.oidc_subject === null ? byPassword : 'oidc',
    disabled: row.disabled_at !== null,
    createdAt: row.created_at,
  };
}
