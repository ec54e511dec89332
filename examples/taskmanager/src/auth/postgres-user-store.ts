import type { Database } from '../database/database.ts';
import { violates } from '../database/postgres-error.ts';
import type { UserStore } from './user.ts';

export function postgresUserStore(database: Database): UserStore {
  return {
    async findByEmail(email) {
      const row = await database
        .selectFrom('users')
        .select(['id', 'email', 'name', 'password_hash'])
        .where('email', '=', email.toLowerCase())
        .executeTakeFirst();
      return (
        row && { user: { id: row.id, email: row.email, name: row.name }, passwordHash: row.password_hash }
      );
    },

    async insert({ user, passwordHash }) {
      try {
        await database
          .insertInto('users')
          .values({ ...user, email: user.email.toLowerCase(), password_hash: passwordHash })
          .execute();
        return { kind: 'inserted' };
      } catch (error) {
        if (violates(error, 'users_email_key')) return { kind: 'email-taken' };
        throw error;
      }
    },

    list: () =>
      database.selectFrom('users').select(['id', 'email', 'name']).orderBy('name').orderBy('id').execute(),
  };
}
