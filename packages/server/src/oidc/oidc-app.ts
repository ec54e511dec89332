import { SlipwayError } from '@slipway/contracts/errors';
import { Hono } from 'hono';
import { claimNames } from './claim-names.ts';
import { type Issuing, issueIdToken, issuerOf } from './issue-id-token.ts';
import { algorithm } from './oidc-keys.ts';
import { readRequestToken } from './request-token.ts';

/** Verifiers may keep it for so long; much shorter than a key is published before it signs. */
const cacheSeconds = 60 * 60;
const longestAudience = 1_000;

/**
 * The issuer of ID tokens, to be mounted at `/oidc`: discovery and keys for everybody, tokens for jobs.
 * @param serverKey signs request tokens
 */
export function oidcApp({ serverKey, ...issuing }: Issuing & { serverKey: Uint8Array }): Hono {
  const app = new Hono();
  const { sources, keys } = issuing;
  const issuer = issuerOf(sources.publicUrl);
  app.get('/.well-known/openid-configuration', (c) => {
    c.header('cache-control', `public, max-age=${cacheSeconds}`);
    return c.json({
      issuer,
      jwks_uri: `${issuer}/.well-known/jwks`,
      subject_types_supported: ['public', 'pairwise'],
      response_types_supported: ['id_token'],
      claims_supported: claimNames,
      id_token_signing_alg_values_supported: [algorithm],
      scopes_supported: ['openid'],
    });
  });
  app.get('/.well-known/jwks', async (c) => {
    c.header('cache-control', `public, max-age=${cacheSeconds}`);
    return c.json({ keys: await keys.published() });
  });
  // As @actions/core's getIDToken asks, which adds `&audience=` to ACTIONS_ID_TOKEN_REQUEST_URL.
  app.get('/token', async (c) => {
    const token = /^Bearer (\S+)$/i.exec(c.req.header('authorization') ?? '')?.[1];
    if (token === undefined) throw new SlipwayError('unauthorized');
    const job = await readRequestToken(token, { key: serverKey, now: sources.now() });
    const audience = c.req.query('audience');
    if (audience === '' || (audience?.length ?? 0) > longestAudience) {
      throw new SlipwayError('bad-request', { message: 'This is no audience.', field: 'audience' });
    }
    c.header('cache-control', 'no-store');
    return c.json({ value: await issueIdToken(issuing, { job, audience }) });
  });
  return app;
}

/** ACTIONS_ID_TOKEN_REQUEST_URL. It has a query, since clients add to one. */
export function tokenRequestUrl(publicUrl: string): string {
  return `${issuerOf(publicUrl)}/token?api-version=2.0`;
}
