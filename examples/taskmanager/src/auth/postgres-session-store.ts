import type { Database } from '../database/database.ts';
import type { SessionStore } from './session.ts';

export function postgresSessionStore(database: Database): SessionStore {
  return {
    async insert({ tokenHash, userId, expiresAt, now }) {
      await database
        .insertInto('sessions')
        .values({ token_hash: tokenHash, user_id: userId, expires_at: expiresAt, created_at: now })
        .execute();
    },

    async find(tokenHash, now) {
      const row = await database
        .selectFrom('sessions')
        .innerJoin('users', 'users.id', 'sessions.user_id')
        .select(['users.id', 'users.email', 'users.name', 'sessions.expires_at'])
        .where('sessions.token_hash', '=', tokenHash)
        .where('sessions.expires_at', '>', now)
        .executeTakeFirst();
      return row && { user: { id: row.id, email: row.email, name: row.name }, expiresAt: row.expires_at };
    },

    async remove(tokenHash) {
      await database.deleteFrom('sessions').where('token_hash', '=', tokenHash).execute();
    },

    async removeExpired(now) {
      await database.deleteFrom('sessions').where('expires_at', '<=', now).execute();
    },
  };
}
