import { passwordSchema, userNameSchema } from '@slipway/contracts/api/identity';
import { SlipwayError } from '@slipway/contracts/errors';
import { z } from 'zod';
import { recordAudit } from '../access/audit.ts';
import type { Identification, WayIn } from '../access/identify.ts';
import type { Store } from '../store/open-store.ts';
import { takeLink } from './links.ts';
import { fitsPassword, hashPassword } from './passwords.ts';
import { createUser, findAccount } from './users.ts';

/** Somebody signs in, from somewhere. */
export interface Attempt {
  user: string;
  password: string;
  address: string;
}

/**
 * Whose name and password fit.
 * @returns the user's name as it is kept
 * @throws SlipwayError `sign-in-refused`, `too-many-attempts`; the same whether there is such a user or not
 */
export async function signInByPassword(
  by: Identification,
  { user, password, address }: Attempt,
): Promise<string> {
  await countAttempt(by, 'password', { user, address });
  const account = await findAccount(by.store, user);
  const isGood = await fitsPassword(password, account?.password ?? null);
  if (account === null || account.disabled_at !== null || !isGood) {
    await noteSignIn(by, { how: 'password', user, address, outcome: 'refused' });
    throw new SlipwayError('sign-in-refused');
  }
  await by.limits.succeeded(address, user);
  await noteSignIn(by, { how: 'password', user: account.name, address, outcome: 'done' });
  return account.name;
}

/**
 * Uses a one-time link: makes the first admin, or gives a user a password.
 * @param user chosen by the first admin
 * @throws SlipwayError `link-void`, `too-many-attempts`, `user-exists`; ZodError for a name or password that can't be
 */
export async function signInByLink(
  by: Identification,
  { secret, user, password, address }: Omit<Attempt, 'user'> & { secret: string; user: string | undefined },
): Promise<string> {
  const { password: chosen } = z.object({ password: passwordSchema }).parse({ password });
  await countAttempt(by, 'link', { user: `link ${address}`, address });
  const hash = await hashPassword(chosen);
  const name = await by.store
    .transaction()
    .execute((transaction) => applyLink({ store: transaction, now: by.now() }, { secret, user, hash }))
    .catch(async (error: unknown) => {
      if (error instanceof SlipwayError && error.code === 'link-void') {
        await noteSignIn(by, { how: 'link', user: '', address, outcome: 'refused' });
      }
      throw error;
    });
  await by.limits.succeeded(address, `link ${address}`);
  await noteSignIn(by, { how: 'link', user: name, address, outcome: 'done' });
  return name;
}

async function applyLink(
  clock: { store: Store; now: number },
  { secret, user, hash }: { secret: string; user: string | undefined; hash: string },
): Promise<string> {
  const purpose = await takeLink(clock, secret);
  if (purpose.kind === 'first-admin') {
    const { name } = z.object({ name: userNameSchema }).parse({ name: user ?? '' });
    await createUser(clock, { name, isServerAdmin: true, password: hash });
    return name.toLowerCase();
  }
  await clock.store
    .updateTable('user_account')
    .set({ password: hash })
    .where('name', '=', purpose.user)
    .where('disabled_at', 'is', null)
    .execute();
  // Whoever knew the old password is out.
  await clock.store.deleteFrom('session').where('user_name', '=', purpose.user).execute();
  return purpose.user;
}

/** @throws SlipwayError `too-many-attempts` */
export async function countAttempt(
  by: Identification,
  how: WayIn,
  { user, address }: { user: string; address: string },
): Promise<void> {
  try {
    await by.limits.attempt(address, user);
  } catch (error) {
    by.onAuthentication(how, 'limited');
    throw error;
  }
}

/** Who signed in, or as whom somebody tried to, goes into the audit log. */
export async function noteSignIn(
  by: Identification,
  {
    how,
    user,
    address,
    outcome,
  }: {
    how: WayIn;
    user: string;
    address: string;
    outcome: 'done' | 'refused';
  },
): Promise<void> {
  by.onAuthentication(how, outcome);
  await recordAudit(by.store, {
    at: by.now(),
    actor: outcome === 'done' ? user : '',
    action: 'sign-in',
    project: null,
    subject: `user ${user.slice(0, 100)}`,
    outcome,
    detail: { how, address },
  });
}
