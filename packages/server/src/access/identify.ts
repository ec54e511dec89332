import { SlipwayError } from '@slipway/contracts/errors';
import { isCsrfToken } from '../identity/sessions.ts';
import { type Authentication, authenticate } from './authenticate.ts';
import { type Credentials, readCredentials, sessionCookieName } from './credentials.ts';
import type { Principal } from './principal.ts';
import type { SignInLimits } from './sign-in-limits.ts';

/** How somebody shows who it is. */
export type WayIn = 'token' | 'password' | 'link' | 'oidc';

export interface Identification extends Authentication {
  publicUrl: string;
  /** The server's, which makes CSRF tokens. */
  key: Uint8Array;
  limits: SignInLimits;
  /** Proxies in front that each add the address of who asked them to `X-Forwarded-For`. */
  trustedProxies: number;
  onAuthentication: (how: WayIn, outcome: 'done' | 'refused' | 'limited') => void;
}

/** What a request shows, whatever answers it. */
export interface Caller {
  method: string;
  header: (name: string) => string | undefined;
  /** Of the other end of the connection. */
  address: string;
}

/**
 * Who makes a request.
 * @throws SlipwayError `unauthorized`; `too-many-attempts` if bad tokens keep coming from there; `cross-site`
 */
export async function identify(
  by: Identification,
  caller: Caller,
): Promise<{ principal: Principal; credentials: Credentials }> {
  const shown = { authorization: caller.header('authorization'), cookie: caller.header('cookie') };
  const credentials = readCredentials(shown, sessionCookieName(by.publicUrl));
  const principal = await authenticate(by, credentials).catch(async (error: unknown) => {
    const isRefused = error instanceof SlipwayError && error.code === 'unauthorized';
    if (isRefused && credentials.kind !== 'none') await countFailure(by, caller);
    throw error;
  });
  if (credentials.kind === 'session') assertOwnPage(by, caller, credentials.secret);
  return { principal, credentials };
}

/** A good token is never refused for the bad ones of others at the same address; it cannot be guessed either. */
async function countFailure(by: Identification, caller: Caller): Promise<void> {
  try {
    await by.limits.tokenFailed(addressOf(by, caller));
    by.onAuthentication('token', 'refused');
  } catch (error) {
    by.onAuthentication('token', 'limited');
    throw error;
  }
}

/** Whom limits count. */
export function addressOf({ trustedProxies }: { trustedProxies: number }, caller: Caller): string {
  const forwarded = (caller.header('x-forwarded-for') ?? '').split(',').map((one) => one.trim());
  const said = trustedProxies === 0 ? undefined : forwarded.at(-trustedProxies);
  return said || caller.address;
}

/** Browsers send cookies along with what other sites ask for. */
function assertOwnPage(by: Identification, caller: Caller, secret: string): void {
  if (/^(?:GET|HEAD|OPTIONS)$/.test(caller.method)) return;
  assertSameOrigin(by, caller);
  if (!isCsrfToken(caller.header('x-slipway-csrf'), secret, by.key)) throw new SlipwayError('cross-site');
}

/**
 * That a request that changes something comes from a page of this server, as browsers say.
 * @throws SlipwayError `cross-site`
 * @see https://cheatsheetseries.owasp.org/cheatsheets/Cross-Site_Request_Forgery_Prevention_Cheat_Sheet.html
 */
export function assertSameOrigin({ publicUrl }: { publicUrl: string }, { header }: Caller): void {
  const site = header('sec-fetch-site');
  const origin = header('origin');
  const own = [new URL(publicUrl).origin, `http://${header('host')}`, `https://${header('host')}`];
  const isOwnSite = site === undefined || site === 'same-origin';
  const isOwnOrigin = origin === undefined || own.includes(origin);
  const isSaid = site !== undefined || origin !== undefined;
  if (!isSaid || !isOwnSite || !isOwnOrigin) throw new SlipwayError('cross-site');
}
