import { hkdfSync } from 'node:crypto';
import { SlipwayError } from '@slipway/contracts/errors';
import { EncryptJWT, jwtDecrypt } from 'jose';
import type { Configuration } from 'openid-client';
import type { Role } from '../access/permission.ts';

/** Where people sign in instead, and what their claims are worth here. */
export interface OidcSettings {
  issuer: string;
  clientId: string;
  clientSecret?: string;
  /** Gives a new user's name; default `preferred_username`. */
  userClaim?: string;
  /** Besides `openid`; default `profile email`. */
  scope?: string;
  grants?: readonly OidcGrant[];
}

/** Who has this value in this claim (or in the list that it is) may that. */
export interface OidcGrant {
  claim: string;
  value: string;
  to: { kind: 'server-admin' } | { kind: 'role'; project: string; role: Role };
}

export type OidcClaims = { iss: string; sub: string } & Record<string, unknown>;

export interface OidcLogin {
  settings: OidcSettings;
  /** Where to send a browser, and what it is to keep meanwhile. */
  begin(): Promise<{ url: URL; kept: string }>;
  /**
   * Trades what the browser came back with for claims.
   * @throws SlipwayError `sign-in-refused`
   */
  finish(returned: URL, kept: string | undefined): Promise<OidcClaims>;
}

/** How long somebody may take to sign in there. */
export const oidcLoginSeconds = 600;

/**
 * Login by OpenID Connect: authorization code with PKCE, state and nonce, which the browser keeps encrypted, so that any server of several
 * may take it back.
 */
export function createOidcLogin(
  settings: OidcSettings,
  { callbackUrl, key }: { callbackUrl: string; key: Uint8Array },
): OidcLogin {
  const keptKey = new Uint8Array(hkdfSync('sha256', key, '', 'slipway oidc login', 32));
  let discovered: Promise<Configuration> | undefined;
  const configuration = (): Promise<Configuration> => {
    discovered ??= discover(settings).catch((error: unknown) => {
      discovered = undefined;
      throw new SlipwayError('sign-in-refused', {
        message: `${settings.issuer} does not answer as an OpenID provider.`,
        cause: error,
      });
    });
    return discovered;
  };
  return {
    settings,
    async begin() {
      const client = await import('openid-client');
      const provider = await configuration();
      const kept = {
        verifier: client.randomPKCECodeVerifier(),
        state: client.randomState(),
        nonce: client.randomNonce(),
      };
      const url = client.buildAuthorizationUrl(provider, {
        redirect_uri: callbackUrl,
        scope: `openid ${settings.scope ?? 'profile email'}`,
        code_challenge: await client.calculatePKCECodeChallenge(kept.verifier),
        code_challenge_method: 'S256',
        state: kept.state,
        nonce: kept.nonce,
      });
      return { url, kept: await seal(kept, keptKey) };
    },
    async finish(returned, sealed) {
      const client = await import('openid-client');
      try {
        const { verifier, state, nonce } = await unseal(sealed ?? '', keptKey);
        const at = new URL(callbackUrl);
        at.search = returned.search;
        const tokens = await client.authorizationCodeGrant(await configuration(), at, {
          pkceCodeVerifier: verifier,
          expectedState: state,
          expectedNonce: nonce,
          idTokenExpected: true,
        });
        return tokens.claims() as OidcClaims;
      } catch (cause) {
        if (cause instanceof SlipwayError) throw cause;
        throw new SlipwayError('sign-in-refused', { message: 'The sign-in did not work: try again.', cause });
      }
    },
  };
}

async function discover({ issuer, clientId, clientSecret }: OidcSettings): Promise<Configuration> {
  const client = await import('openid-client');
  const url = new URL(issuer);
  // Only on this very machine nobody can listen.
  const isHere = url.protocol === 'http:' && /^(?:127\.0\.0\.1|localhost|\[::1\])$/.test(url.hostname);
  return client.discovery(url, clientId, clientSecret, undefined, {
    ...(isHere && { execute: [client.allowInsecureRequests] }),
  });
}

interface Kept {
  verifier: string;
  state: string;
  nonce: string;
}

function seal(kept: Kept, key: Uint8Array): Promise<string> {
  return new EncryptJWT({ ...kept })
    .setProtectedHeader({ alg: 'dir', enc: 'A256GCM' })
    .setIssuedAt()
    .setExpirationTime(`${oidcLoginSeconds}s`)
    .encrypt(key);
}

async function unseal(sealed: string, key: Uint8Array): Promise<Kept> {
  const { payload } = await jwtDecrypt(sealed, key);
  return { verifier: String(payload.verifier), state: String(payload.state), nonce: String(payload.nonce) };
}
