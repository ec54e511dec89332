import { randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, test } from 'vitest';
import type { SessionStore } from '../../src/auth/session.ts';
import type { User, UserStore } from '../../src/auth/user.ts';

export function describeUserStore(name: string, open: () => Promise<UserStore>): void {
  describe(`${name} as a user store`, () => {
    let users: UserStore;
    beforeEach(async () => {
      users = await open();
    });

    const account = (email: string, name = 'Ada') => ({
      user: { id: randomUUID(), email, name },
      passwordHash: 'scrypt$2$8$1$c2FsdA$a2V5',
    });

    test('an account is found by its address in any case', async () => {
      const ada = account('ada@example.com');
      expect(await users.insert(ada)).toEqual({ kind: 'inserted' });
      expect(await users.findByEmail('Ada@Example.com')).toEqual(ada);
      expect(await users.findByEmail('bob@example.com')).toBeUndefined();
    });

    test('an address has one account, whatever its case', async () => {
      await users.insert(account('ada@example.com'));
      expect(await users.insert(account('ADA@example.com'))).toEqual({ kind: 'email-taken' });
    });

    test('the list is by name and holds no password hash', async () => {
      const [zoe, ada] = [account('zoe@example.com', 'Zoe'), account('ada@example.com', 'Ada')];
      await users.insert(zoe);
      await users.insert(ada);
      expect(await users.list()).toEqual([ada.user, zoe.user]);
    });
  });
}

export function describeSessionStore(
  name: string,
  open: () => Promise<{ sessions: SessionStore; user: User }>,
): void {
  describe(`${name} as a session store`, () => {
    const now = new Date('2026-03-02T08:00:00Z');
    const expiresAt = new Date('2026-03-02T09:00:00Z');
    let sessions: SessionStore;
    let user: User;
    beforeEach(async () => {
      ({ sessions, user } = await open());
      await sessions.insert({ tokenHash: 'aaaa', userId: user.id, expiresAt, now });
    });

    test('a session is found by the hash of its token, with its user', async () => {
      expect(await sessions.find('aaaa', now)).toEqual({ user, expiresAt });
      expect(await sessions.find('bbbb', now)).toBeUndefined();
    });

    test('a session ends in the very instant it expires', async () => {
      expect(await sessions.find('aaaa', new Date(expiresAt.getTime() - 1))).toBeDefined();
      expect(await sessions.find('aaaa', expiresAt)).toBeUndefined();
    });

    test('a removed session is gone, and removing it again is no error', async () => {
      await sessions.remove('aaaa');
      await sessions.remove('aaaa');
      expect(await sessions.find('aaaa', now)).toBeUndefined();
    });

    test('forgetting expired sessions keeps those that are valid', async () => {
      const longer = new Date('2026-03-02T10:00:00Z');
      await sessions.insert({ tokenHash: 'bbbb', userId: user.id, expiresAt: longer, now });
      await sessions.removeExpired(expiresAt);
      expect(await sessions.find('aaaa', now)).toBeUndefined();
      expect(await sessions.find('bbbb', now)).toBeDefined();
    });
  });
}
