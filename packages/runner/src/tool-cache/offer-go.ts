import { symlink } from 'node:fs/promises';
import { addEntry } from './entry.ts';
import type { FillOptions, Offer } from './fill-tool-cache.ts';
import { findGo } from './find-go.ts';

/** Each Go of the machine, as a link: a job writes to its GOPATH, never into Go itself. */
export async function offerGo({ toolCache, env }: FillOptions): Promise<Offer[]> {
  const installations = await findGo(env);
  return await Promise.all(
    installations.map(async ({ version, prefix }) => {
      await addEntry({ toolCache, name: 'go', version }, (directory) => symlink(prefix, directory));
      return { name: 'go', version, from: prefix };
    }),
  );
}
