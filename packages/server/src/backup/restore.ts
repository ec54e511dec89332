import { cp, mkdir, readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { backupFormat } from './back-up.ts';

const aboutSchema = z.object({
  format: z.number(),
  store: z.enum(['sqlite', 'postgres']),
  takenAt: z.string(),
});

export type BackupAbout = z.infer<typeof aboutSchema>;

/**
 * Puts a backup where a server can be started with it.
 * @param data a folder that does not exist, or is empty
 * @throws Error if it is no whole backup, one of a newer Slipway, or `data` holds something
 */
export async function restore({ from, data }: { from: string; data: string }): Promise<BackupAbout> {
  const about = await readAbout(from);
  await mkdir(data, { recursive: true, mode: 0o700 });
  if ((await readdir(data)).length > 0) throw new Error(`${data} is not empty`);
  for (const name of await readdir(from)) {
    if (name === 'backup.json') continue;
    await cp(path.join(from, name), path.join(data, name), { recursive: true, preserveTimestamps: true });
  }
  return about;
}

async function readAbout(from: string): Promise<BackupAbout> {
  const text = await readFile(path.join(from, 'backup.json'), 'utf8').catch((cause: unknown) => {
    throw new Error(`${from} is no whole backup: it has no backup.json`, { cause });
  });
  const read = aboutSchema.safeParse(JSON.parse(text));
  if (!read.success) throw new Error(`${from}/backup.json is not one of Slipway's`);
  if (read.data.format > backupFormat) throw new Error(`${from} was made by a newer Slipway`);
  return read.data;
}
