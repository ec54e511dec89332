import { type CacheEntry, deleteCacheEntries, listCacheEntries } from '../../caches/cache-service.ts';
import {
  enter,
  type GithubContext,
  type GithubRouter,
  type RepositoryCall,
  rowParam,
} from '../github-context.ts';
import { invalidField, notFound } from '../github-error.ts';
import { pageOf } from '../pages.ts';
import { timeText } from '../shapes/links.ts';

/** @see https://docs.github.com/en/rest/actions/cache */
export function addCacheRoutes(api: GithubRouter, context: GithubContext): void {
  const { publicUrl } = context;
  api.get('/repos/:owner/:repo/actions/caches', async (c) => {
    const call = await enter(c, context, 'project.read');
    const { key = '', ref, sort = 'last_accessed_at', direction = 'desc' } = c.req.query();
    const found = (await entriesOf(call)).filter(
      (entry) => entry.key.startsWith(key) && (ref === undefined || entry.scope === ref),
    );
    const measure = measures[sort] ?? (({ usedAt }: CacheEntry) => usedAt);
    const sign = direction === 'asc' ? 1 : -1;
    const sorted = found.toSorted((one, other) => sign * (measure(one) - measure(other)));
    return c.json({
      total_count: sorted.length,
      actions_caches: pageOf(c, publicUrl, sorted).map(cacheShape),
    });
  });
  api.get('/repos/:owner/:repo/actions/cache/usage', async (c) => {
    const call = await enter(c, context, 'project.read');
    const entries = await entriesOf(call);
    return c.json({
      full_name: call.project.name,
      active_caches_size_in_bytes: entries.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
      active_caches_count: entries.length,
    });
  });
  api.delete('/repos/:owner/:repo/actions/caches', async (c) => {
    const call = await enter(c, context, 'run.write');
    const { key, ref } = c.req.query();
    if (key === undefined) throw invalidField('Cache', 'key', 'key is required');
    const gone = (await entriesOf(call)).filter(
      (entry) => entry.key === key && (ref === undefined || entry.scope === ref),
    );
    if (gone.length === 0) throw notFound();
    await deleteCacheEntries(
      context,
      gone.map(({ id }) => id),
    );
    return c.json({ total_count: gone.length, actions_caches: gone.map(cacheShape) });
  });
  api.delete('/repos/:owner/:repo/actions/caches/:id', async (c) => {
    const call = await enter(c, context, 'run.write');
    const id = rowParam(c, 'id');
    if (!(await entriesOf(call)).some((entry) => entry.id === id)) throw notFound();
    await deleteCacheEntries(context, [id]);
    return c.body(null, 204);
  });
}

const measures: Record<string, (entry: CacheEntry) => number> = {
  created_at: ({ createdAt }) => createdAt,
  size_in_bytes: ({ sizeBytes }) => sizeBytes,
};

function entriesOf({ context, project }: RepositoryCall): Promise<CacheEntry[]> {
  return listCacheEntries(context, { repository: project.name });
}

function cacheShape({ id, scope, key, version, usedAt, createdAt, sizeBytes }: CacheEntry) {
  return {
    id,
    ref: scope,
    key,
    version,
    last_accessed_at: timeText(usedAt),
    created_at: timeText(createdAt),
    size_in_bytes: sizeBytes,
  };
}
