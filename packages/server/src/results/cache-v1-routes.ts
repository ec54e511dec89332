import { randomInt } from 'node:crypto';
import type { HttpBindings } from '@hono/node-server';
import { Hono } from 'hono';
import { z } from 'zod';
import { findCacheEntry, listCacheEntries } from '../caches/cache-service.ts';
import { beginCacheUpload, finalizeCacheUpload } from './cache-rpcs.ts';
import type { PendingUpload } from './pending-uploads.ts';
import type { ResultsCall } from './results-context.ts';
import { ResultsError } from './results-error.ts';

interface Environment {
  Bindings: HttpBindings;
  Variables: { call: ResultsCall };
}

/** The cache service's first protocol, which @actions/cache 3 and self-hosted tools speak. @see actions/toolkit, packages/cache/src/internal/cacheHttpClient.ts */
export function cacheV1Routes(): Hono<Environment> {
  const app = new Hono<Environment>();
  app.get('/cache', async (c) => {
    const call = c.get('call');
    const keys = (c.req.query('keys') ?? '').split(',').filter((key) => key !== '');
    const found = await findCacheEntry(call, {
      scope: call.scope,
      keys,
      version: c.req.query('version') ?? '',
    });
    if (found === null) return c.body(null, 204);
    return c.json({
      cacheKey: found.key,
      scope: found.scope,
      creationTime: new Date(found.createdAt).toISOString(),
      archiveLocation: call.signedUrl(`/caches/${found.id}`),
    });
  });

  app.get('/caches', async (c) => {
    const call = c.get('call');
    const readable = new Set([call.scope.ref, ...call.scope.readableRefs]);
    const entries = (await listCacheEntries(call, call.scope)).filter(
      ({ key, scope }) => readable.has(scope) && key.startsWith(c.req.query('key') ?? ''),
    );
    return c.json({
      totalCount: entries.length,
      artifactCaches: entries.map((entry) => ({
        cacheKey: entry.key,
        cacheVersion: entry.version,
        scope: entry.scope,
        creationTime: new Date(entry.createdAt).toISOString(),
      })),
    });
  });

  app.post('/caches', async (c) => {
    const { key, version } = z
      .object({ key: z.string(), version: z.string(), cacheSize: z.number().nullish() })
      .parse(await c.req.json());
    // Clients of v1 carry a number.
    const cacheId = randomInt(1, 2 ** 47);
    await beginCacheUpload(c.get('call'), { key, version, id: String(cacheId) });
    return c.json({ cacheId }, 201);
  });

  app.patch('/caches/:id', async (c) => {
    const { upload } = await reserved(c.get('call'), c.req.param('id'));
    const range = /^bytes (\d+)-(\d+)\//.exec(c.req.header('content-range') ?? '');
    if (range === null) throw new ResultsError('invalid_argument', 'Content-Range is required');
    const [start, end] = [Number(range[1]), Number(range[2])];
    await upload.putRange(start, c.env.incoming, end - start + 1);
    return c.body(null, 204);
  });

  app.post('/caches/:id', async (c) => {
    const call = c.get('call');
    const pending = await reserved(call, c.req.param('id'));
    const { key = '', version = '' } = pending.notes;
    const { size } = z.object({ size: z.number().int().nonnegative() }).parse(await c.req.json());
    await finalizeCacheUpload(call, { pending, key, version, sizeBytes: size });
    return c.body(null, 204);
  });

  return app;
}

/** An upload of a job that works on the same ref of the same repository: a number may be guessed. @throws ResultsError not_found */
async function reserved({ uploads, scope }: ResultsCall, id: string): Promise<PendingUpload> {
  const pending = await uploads.get(id);
  const { repository, ref } = pending.notes;
  if (repository !== scope.repository || ref !== scope.ref) {
    throw new ResultsError('not_found', `there is no reserved cache ${id}`);
  }
  return pending;
}
