import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, rename, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

export interface DataTemplate {
  /** Folder of all templates; made when missing. */
  templates: string;
  /** Everything that the data depends on; no secrets (a digest of it becomes a folder's name). */
  key: unknown;
  /** The data directory to make; must not exist yet. */
  target: string;
  /** Makes it the long way. Nothing may be running on it afterwards. */
  create: () => Promise<void>;
}

const KEPT_TEMPLATES = 8;
const ABANDONED_AFTER_MS = 60 * 60_000;

/**
 * Makes a data directory by copying one that was made before in the same way: `initdb` takes ten times as long as the copy.
 * Safe between processes: a template appears whole by a rename, the second of two at once is thrown away, and a copy
 * that fails (its template was just pruned) is made the long way.
 */
export async function materialiseData({ templates, key, target, create }: DataTemplate): Promise<void> {
  const name = createHash('sha256').update(JSON.stringify(key)).digest('hex').slice(0, 24);
  const template = join(templates, name);
  if (await copyFrom(template, target)) return;
  await create();
  await keep(template, target, templates);
}

async function copyFrom(template: string, target: string): Promise<boolean> {
  try {
    const now = new Date();
    await utimes(template, now, now);
    await copyTree(template, target);
    return true;
  } catch {
    await rm(target, { recursive: true, force: true });
    return false;
  }
}

/** A template is a convenience: that it can't be kept (full disk, read-only home) is no reason to fail a job. */
async function keep(template: string, target: string, templates: string): Promise<void> {
  try {
    await mkdir(templates, { recursive: true });
    const staging = await mkdtemp(join(templates, '.new-'));
    try {
      await copyTree(target, join(staging, 'data'));
      await rename(join(staging, 'data'), template);
    } finally {
      await rm(staging, { recursive: true, force: true });
    }
    await prune(templates);
  } catch {
    // Made again the next time.
  }
}

async function prune(templates: string): Promise<void> {
  const entries = await Promise.all(
    (await readdir(templates)).map(async (name) => ({
      name,
      usedAt: (await stat(join(templates, name))).mtimeMs,
    })),
  );
  const abandoned = entries.filter(
    ({ name, usedAt }) => name.startsWith('.new-') && Date.now() - usedAt > ABANDONED_AFTER_MS,
  );
  const surplus = entries
    .filter(({ name }) => !name.startsWith('.'))
    .sort((a, b) => b.usedAt - a.usedAt)
    .slice(KEPT_TEMPLATES);
  for (const { name } of [...abandoned, ...surplus]) {
    await rm(join(templates, name), { recursive: true, force: true });
  }
}

/** With owner, mode and, where the file system can, shared blocks: `cp` does this in a fraction of what `fs.cp` takes. */
async function copyTree(from: string, to: string): Promise<void> {
  const flags = process.platform === 'darwin' ? '-Rpc' : '-a';
  await promisify(execFile)('cp', [flags, from, to]);
}
