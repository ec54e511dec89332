import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { removeTree } from '../recovery/remove-tree.ts';

export interface KeptLimits {
  runs: number;
  sizeBytes: number;
}

/** Removes kept jobs of the oldest runs until no more than the limits allow is left. @returns the ids of the runs that lost theirs */
export async function pruneKept(slipwayHome: string, limits: KeptLimits): Promise<string[]> {
  const directory = join(slipwayHome, 'kept');
  const newestFirst = listRuns(directory).toSorted((a, b) => b.at - a.at);
  const removed: string[] = [];
  let sizeBytes = 0;
  for (const [index, { runId, path }] of newestFirst.entries()) {
    if (index < limits.runs) sizeBytes += await sizeOf(path);
    if (index < limits.runs && sizeBytes <= limits.sizeBytes) continue;
    removeTree(path);
    removed.push(runId);
  }
  return removed;
}

function listRuns(directory: string): { runId: string; path: string; at: number }[] {
  try {
    return readdirSync(directory).map((runId) => {
      const path = join(directory, runId);
      return { runId, path, at: statSync(path).mtimeMs };
    });
  } catch {
    return [];
  }
}

async function sizeOf(path: string): Promise<number> {
  const child = spawn('du', ['-sk', '--', path], { stdio: ['ignore', 'pipe', 'ignore'] });
  const [output] = await Promise.all([text(child.stdout), once(child, 'close')]).catch(() => ['']);
  return (Number.parseInt(output, 10) || 0) * 1024;
}
