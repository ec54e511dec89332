import { SlipwayError } from '@slipway/contracts/errors';
import { recordAudit } from '../access/audit.ts';
import type { Identification } from '../access/identify.ts';
import { hashOf } from '../access/secret-text.ts';
import { fitsPassword, hashPassword } from './passwords.ts';
import { countAttempt } from './sign-in.ts';
import { findAccount } from './users.ts';

export interface PasswordChange {
  user: string;
  /** The one that is to be good no more. */
  current: string;
  password: string;
  address: string;
  /** Of the session in which it is asked for, which stays; null: it is asked for with a token. */
  session: string | null;
}

/**
 * Gives a user who knows the password another one. The user's other sessions end; tokens stay, and are revoked one by one.
 * @throws SlipwayError `sign-in-refused`, also for who has no password; `too-many-attempts`
 */
export async function changePassword(by: Identification, change: PasswordChange): Promise<void> {
  const { user, current, password, address, session } = change;
  const { store, now } = by;
  const note = (on: typeof store, outcome: 'done' | 'refused') =>
    recordAudit(on, {
      at: now(),
      actor: user,
      action: 'password.changed',
      project: null,
      subject: `user ${user}`,
      outcome,
      detail: { address },
    });
  await countAttempt(by, 'password', { user, address });
  const known = (await findAccount(store, user))?.password ?? null;
  if (!(await fitsPassword(current, known))) {
    by.onAuthentication('password', 'refused');
    await note(store, 'refused');
    throw new SlipwayError('sign-in-refused', { message: 'That is not your password.', field: 'current' });
  }
  await by.limits.succeeded(address, user);
  const hash = await hashPassword(password);
  await store.transaction().execute(async (transaction) => {
    const changed = await transaction
      .updateTable('user_account')
      .set({ password: hash })
      .where(({ and }) => and({ name: user, password: known }))
      .returning('name')
      .executeTakeFirst();
    // Somebody else was quicker with it, who is in now.
    if (changed === undefined) throw new SlipwayError('sign-in-refused', { field: 'current' });
    let others = transaction.deleteFrom('session').where('user_name', '=', user);
    if (session !== null) others = others.where('hash', '!=', hashOf(session));
    await others.execute();
    await note(transaction, 'done');
  });
}
