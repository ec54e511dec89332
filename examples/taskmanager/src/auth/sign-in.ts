import { hashPassword, verifyPassword } from './password.ts';
import { hashToken, newToken, type SessionStore } from './session.ts';
import type { User, UserStore } from './user.ts';

export type SignedIn = { kind: 'signed-in'; token: string; expiresAt: Date; user: User };
export type SignInResult = SignedIn | { kind: 'refused' };

/** An unknown address takes as long as a wrong password: the time must not tell which addresses have accounts. */
export async function signIn(
  credentials: { email: string; password: string },
  services: { users: UserStore; sessions: SessionStore; sessionTtlMs: number; now: () => Date },
): Promise<SignInResult> {
  const account = await services.users.findByEmail(credentials.email);
  const hash = account?.passwordHash ?? (await decoyHash());
  const matches = await verifyPassword(credentials.password, hash);
  if (!account || !matches) return { kind: 'refused' };

  const now = services.now();
  const token = newToken();
  const expiresAt = new Date(now.getTime() + services.sessionTtlMs);
  await services.sessions.removeExpired(now);
  await services.sessions.insert({ tokenHash: hashToken(token), userId: account.user.id, expiresAt, now });
  return { kind: 'signed-in', token, expiresAt, user: account.user };
}

let decoy: Promise<string> | undefined;

function decoyHash(): Promise<string> {
  decoy ??= hashPassword(newToken());
  return decoy;
}
