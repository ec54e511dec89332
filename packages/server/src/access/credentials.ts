import { parse } from 'hono/utils/cookie';

/** What somebody shows to say who it is. */
export type Credentials =
  | { kind: 'none' }
  /** `claimedName`: of Basic authentication, as git sends it. */
  | { kind: 'token'; token: string; claimedName: string | null }
  /** What the cookie of a browser holds. */
  | { kind: 'session'; secret: string };

/** `__Host-`: browsers take it from this host only, over https. */
export function sessionCookieName(publicUrl: string): string {
  return publicUrl.startsWith('https:') ? '__Host-slipway' : 'slipway_session';
}

/** Reads `Authorization: Bearer …`, `token …` (as GitHub's clients send it) or Basic (as git does), else the cookie. */
export function readCredentials(
  { authorization, cookie }: { authorization: string | undefined; cookie: string | undefined },
  cookieName: string,
): Credentials {
  const token = /^(?:Bearer|token) +(\S+)$/i.exec(authorization ?? '')?.[1];
  if (token !== undefined) return { kind: 'token', token, claimedName: null };
  const basic = basicOf(authorization);
  if (basic !== null) return { kind: 'token', token: basic.token, claimedName: basic.name };
  // A header that says something else is a mistake: no cookie stands in for it.
  if (authorization !== undefined || cookie === undefined) return { kind: 'none' };
  const secret = parse(cookie, cookieName)[cookieName];
  return secret === undefined ? { kind: 'none' } : { kind: 'session', secret };
}

function basicOf(authorization: string | undefined): { name: string; token: string } | null {
  const encoded = /^Basic +(\S+)$/i.exec(authorization ?? '')?.[1];
  if (encoded === undefined) return null;
  const [, name = '', token = ''] = /^([^:]*):(.*)$/s.exec(Buffer.from(encoded, 'base64').toString()) ?? [];
  // `https://TOKEN@host/…`: the token stands where the name is meant to.
  return token === '' || token === 'x-oauth-basic' ? { name: '', token: name } : { name, token };
}
