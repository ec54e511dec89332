import { Hono } from 'hono';
import type { AttestationKeys } from './attestation-keys.ts';

const cacheSeconds = 60 * 60;

/** The keys that verify attestations, for everybody; to be mounted at `/attestations`. */
export function attestationsApp(keys: AttestationKeys): Hono {
  const app = new Hono();
  app.get('/jwks', async (c) => {
    c.header('cache-control', `public, max-age=${cacheSeconds}`);
    return c.json({ keys: await keys.published() });
  });
  return app;
}
