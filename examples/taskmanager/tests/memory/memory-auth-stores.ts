import type { SessionStore } from '../../src/auth/session.ts';
import type { Account, User, UserStore } from '../../src/auth/user.ts';

export function memoryUserStore(accounts: Account[] = []): UserStore {
  const byEmail = new Map(accounts.map((account) => [account.user.email, account]));
  return {
    findByEmail: async (email) => byEmail.get(email.toLowerCase()),
    async insert(account) {
      const email = account.user.email.toLowerCase();
      if (byEmail.has(email)) return { kind: 'email-taken' };
      byEmail.set(email, { ...account, user: { ...account.user, email } });
      return { kind: 'inserted' };
    },
    list: async () =>
      [...byEmail.values()].map(({ user }) => user).sort((a, b) => (a.name < b.name ? -1 : 1)),
  };
}

export function memorySessionStore(users: readonly User[]): SessionStore {
  const sessions = new Map<string, { user: User; expiresAt: Date }>();
  return {
    async insert({ tokenHash, userId, expiresAt }) {
      const user = users.find((candidate) => candidate.id === userId);
      if (!user) throw new Error(`There is no user ${userId}`);
      sessions.set(tokenHash, { user, expiresAt });
    },
    async find(tokenHash, now) {
      const session = sessions.get(tokenHash);
      return session && session.expiresAt > now ? session : undefined;
    },
    async remove(tokenHash) {
      sessions.delete(tokenHash);
    },
    async removeExpired(now) {
      for (const [tokenHash, { expiresAt }] of sessions) if (expiresAt <= now) sessions.delete(tokenHash);
    },
  };
}
