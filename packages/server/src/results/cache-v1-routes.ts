import type { HttpBindings } from '@hono/node-server';
import { Hono } from 'hono';
import { z } from 'zod';
import { findCacheEntry, listCacheEntries } from '../caches/cache-service.ts';
import { beginCacheUpload, finalizeCacheUpload } from './cache-rpcs.ts';
import type { ResultsCall } from './results-context.ts';
import { ResultsError } from './results-error.ts';

interface Environment {
  Bindings: HttpBindings;
  Variables: { call: ResultsCall };
}

/** What the numeric ids that clients of v1 carry stand for. */
interface Reservation {
  uploadId: string;
  key: string;
  version: string;
}

/** The cache service's first protocol, which @actions/cache 3 and self-hosted tools speak. @see actions/toolkit, packages/cache/src/internal/cacheHttpClient.ts */
export function cacheV1Routes(): Hono<Environment> {
  const app = new Hono<Environment>();
  const reservations = new Map<number, Reservation>();
  let lastId = 0;
  const reserved = (id: string): Reservation => {
    const reservation = reservations.get(Number(id));
    if (reservation === undefined) throw new ResultsError('not_found', `there is no reserved cache ${id}`);
    return reservation;
  };

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
    const pending = await beginCacheUpload(c.get('call'), { key, version });
    lastId += 1;
    reservations.set(lastId, { uploadId: pending.id, key, version });
    return c.json({ cacheId: lastId }, 201);
  });

  app.patch('/caches/:id', async (c) => {
    const { upload } = c.get('call').uploads.get(reserved(c.req.param('id')).uploadId);
    const range = /^bytes (\d+)-(\d+)\//.exec(c.req.header('content-range') ?? '');
    if (range === null) throw new ResultsError('invalid_argument', 'Content-Range is required');
    const [start, end] = [Number(range[1]), Number(range[2])];
    await upload.putRange(start, c.env.incoming, end - start + 1);
    return c.body(null, 204);
  });

  app.post('/caches/:id', async (c) => {
    const call = c.get('call');
    const { uploadId, key, version } = reserved(c.req.param('id'));
    const { size } = z.object({ size: z.number().int().nonnegative() }).parse(await c.req.json());
    const pending = call.uploads.get(uploadId);
    await finalizeCacheUpload(call, { pending, key, version, sizeBytes: size });
    reservations.delete(Number(c.req.param('id')));
    return c.body(null, 204);
  });

  return app;
}
