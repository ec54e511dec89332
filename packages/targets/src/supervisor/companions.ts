import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { readJson, writeDurably } from '../daemon/durable-file.ts';
import { ensureDaemon } from '../daemon/ensure-daemon.ts';

/** A daemon beside the supervisor, which starts it again should it end: the edge. */
export const companion = z.object({
  directory: z.string(),
  program: z.object({ file: z.string(), args: z.array(z.string()) }),
});

export type Companion = z.infer<typeof companion>;

export interface Companions {
  keep(companion: Companion): void;
  leave(): void;
}

const lookMs = 500;

/** Looks after the companions that the folder knows, and those that are added. */
export function watchCompanions(directory: string): Companions {
  const file = join(directory, 'companions.json');
  const left = new AbortController();
  const kept = new Map<string, Companion>();
  for (const one of z.array(companion).parse(readJson(file) ?? [])) kept.set(one.directory, one);

  async function watch(): Promise<void> {
    while (!left.signal.aborted) {
      for (const { directory: place, program } of kept.values()) {
        // Whoever removes its folder wants it gone. What can't be started is tried again.
        if (existsSync(place)) await ensureDaemon(place, program).catch(() => undefined);
      }
      await delay(lookMs, undefined, { signal: left.signal }).catch(() => undefined);
    }
  }

  void watch();
  return {
    keep(added) {
      if (JSON.stringify(kept.get(added.directory)) === JSON.stringify(added)) return;
      kept.set(added.directory, added);
      writeDurably(file, [...kept.values()]);
    },
    leave: () => left.abort(),
  };
}
