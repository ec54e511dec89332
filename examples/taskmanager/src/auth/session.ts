import { createHash, randomBytes } from 'node:crypto';
import type { User } from './user.ts';

/** A sign-in that has not expired. */
export type Session = { user: User; expiresAt: Date };

/**
 * Where sessions are kept, by the hash of their token: somebody who reads the store can't sign in with what is there.
 * Implementations pass `tests/session-store.contract.ts`.
 */
export type SessionStore = {
  insert(session: { tokenHash: string; userId: string; expiresAt: Date; now: Date }): Promise<void>;
  /** Undefined when unknown or no longer valid at `now`. */
  find(tokenHash: string, now: Date): Promise<Session | undefined>;
  remove(tokenHash: string): Promise<void>;
  /** Forgets what expired before `now`. */
  removeExpired(now: Date): Promise<void>;
};

/** 256 random bits, base64url. */
export function newToken(): string {
  return randomBytes(32).toString('base64url');
}

/** A fast hash is enough: the token itself is random, so there is nothing to guess. */
export function hashToken(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}
