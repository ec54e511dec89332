import { randomUUID } from 'node:crypto';
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { copyFolder } from '../workspace/copy-files.ts';
import { exists } from '../workspace/exists.ts';
import { ARCHITECTURE, addEntry, entryDirectory, isDownloaded } from './entry.ts';
import type { FillOptions, Offer } from './fill-tool-cache.ts';
import type { Tool } from './tool.ts';

const FOLDER_NAMES: Record<Tool, RegExp> = {
  node: /^node$/,
  python: /^Python$/,
  go: /^go$/,
  java: /^Java_/,
};

/** Where downloads outlive their job, laid out like a tool cache. */
function keptFolder(slipwayHome: string): string {
  return join(slipwayHome, 'tool-downloads');
}

/** Copies what earlier jobs have downloaded into this job's tool cache: what the job does to it, no other job sees. */
export async function offerKept({ tool, toolCache, slipwayHome, signal }: FillOptions): Promise<Offer[]> {
  const kept = keptFolder(slipwayHome);
  const found = await listVersions(kept, tool);
  return await Promise.all(
    found.map(async ({ name, version }) => {
      const from = join(kept, name, version, ARCHITECTURE);
      await addEntry({ toolCache, name, version }, (directory) => copyFolder(from, directory, signal));
      return { name, version, from };
    }),
  );
}

export interface KeepOptions {
  tool: Tool;
  toolCache: string;
  slipwayHome: string;
  signal: AbortSignal;
}

/**
 * Keeps what a setup action has downloaded for later jobs. To be called right after its step, before other steps
 * change what is there.
 * @returns what is new, e.g. `node 18.20.4`
 */
export async function keepDownloads({
  tool,
  toolCache,
  slipwayHome,
  signal,
}: KeepOptions): Promise<string[]> {
  const news: string[] = [];
  for (const { name, version } of await listVersions(toolCache, tool)) {
    const kept = join(keptFolder(slipwayHome), name, version, ARCHITECTURE);
    if ((await exists(kept)) || !(await isDownloaded({ toolCache, name, version }))) continue;
    await keep(entryDirectory({ toolCache, name, version }), kept, signal);
    news.push(`${name} ${version}`);
  }
  return news;
}

async function keep(from: string, kept: string, signal: AbortSignal): Promise<void> {
  const copying = join(dirname(kept), `.${randomUUID()}`);
  await mkdir(dirname(kept), { recursive: true });
  try {
    await copyFolder(from, copying, signal);
    await rename(copying, kept).catch(async (error: unknown) => {
      // Another job was faster.
      if (!(await exists(kept))) throw error;
    });
  } finally {
    await rm(copying, { recursive: true, force: true });
  }
}

async function listVersions(folder: string, tool: Tool): Promise<{ name: string; version: string }[]> {
  const names = (await readdir(folder).catch(() => [])).filter((name) => FOLDER_NAMES[tool].test(name));
  const lists = await Promise.all(
    names.map(async (name) => {
      const versions = await readdir(join(folder, name)).catch(() => []);
      const there = await Promise.all(
        versions.map((version) => exists(join(folder, name, version, ARCHITECTURE))),
      );
      return versions.filter((_, index) => there[index]).map((version) => ({ name, version }));
    }),
  );
  return lists.flat();
}
