import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Cache } from './cache.ts';
import { fromTaskBody, taskBody, toTaskBody } from './task-schema.ts';
import type { TaskPage, TaskQuery, TaskStore } from './task-store.ts';

/**
 * Puts a cache before the reads of a store. Entries belong to a generation, and each write begins a new one, so a write
 * makes every list and task that was cached before it unreachable at once, whatever it would have matched.
 *
 * A reader takes the generation before it reads the store: what it then stores is at least as new as that generation.
 * When the cache is lost between a write and the new generation, readers may see the old state for `ttlMs`; writers
 * never do, since updates read from the store itself.
 */
export function cachedTaskStore(store: TaskStore, cache: Cache, ttlMs = 30_000): TaskStore {
  async function read<T>(name: string, codec: Codec<T>, load: () => Promise<T>): Promise<T> {
    const generation = (await cache.get(generationKey)) ?? '0';
    const key = `tasks:${generation}:${name}`;
    const cached = codec.decode(await cache.get(key));
    if (cached !== undefined) return cached;
    const fresh = await load();
    if (fresh !== undefined) await cache.set(key, codec.encode(fresh), ttlMs);
    return fresh;
  }

  async function write<T extends { kind: string }>(result: Promise<T>): Promise<T> {
    const outcome = await result;
    if (outcome.kind === 'written' || outcome.kind === 'removed') await cache.increment(generationKey);
    return outcome;
  }

  return {
    find: (id) => read(`task:${id}`, taskCodec, () => store.find(id)),
    list: (query) => read(`list:${fingerprint(query)}`, pageCodec, () => store.list(query)),
    insert: (task) => write(store.insert(task)),
    update: (change) => write(store.update(change)),
    remove: (removal) => write(store.remove(removal)),
  };
}

const generationKey = 'tasks:generation';

/** `decode` answers undefined for what is absent or was written in another shape by another version of the service. */
type Codec<T> = { encode(value: T): string; decode(text: string | undefined): T | undefined };

const pageShape = z.object({
  tasks: z.array(taskBody),
  next: z.object({ createdAt: z.iso.datetime(), id: z.uuid() }).optional(),
});

const taskCodec: Codec<Awaited<ReturnType<TaskStore['find']>>> = {
  encode: (task) => JSON.stringify(task && toTaskBody(task)),
  decode(text) {
    const parsed = taskBody.safeParse(parseJson(text));
    return parsed.success ? fromTaskBody(parsed.data) : undefined;
  },
};

const pageCodec: Codec<TaskPage> = {
  encode: (page) => JSON.stringify({ tasks: page.tasks.map(toTaskBody), next: page.next }),
  decode(text) {
    const parsed = pageShape.safeParse(parseJson(text));
    if (!parsed.success) return undefined;
    const { tasks, next } = parsed.data;
    return {
      tasks: tasks.map(fromTaskBody),
      next: next && { createdAt: new Date(next.createdAt), id: next.id },
    };
  },
};

function parseJson(text: string | undefined): unknown {
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Names fields one by one, so that two equal queries have one key whatever order their properties were set in. */
function fingerprint(query: TaskQuery): string {
  const { status, priority, assigneeId, dueBefore, text, limit, after } = query;
  const parts = [status, priority, assigneeId, dueBefore, text, limit, after?.createdAt, after?.id];
  return createHash('sha256').update(JSON.stringify(parts)).digest('base64url');
}
