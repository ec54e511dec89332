import type { CookieOptions } from 'hono/utils/cookie';
import { sessionCookieName } from '../access/credentials.ts';

/** The cookie of a session: no script reads it, no other site sends it with a change, and of an https server it goes over https only. */
export function sessionCookie(
  publicUrl: string,
  { expiresAt, now }: { expiresAt: number; now: number },
): { name: string; options: CookieOptions } {
  return {
    name: sessionCookieName(publicUrl),
    options: {
      path: '/',
      httpOnly: true,
      sameSite: 'Lax',
      secure: publicUrl.startsWith('https:'),
      maxAge: Math.max(0, Math.floor((expiresAt - now) / 1000)),
    },
  };
}
