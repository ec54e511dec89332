import { createHash } from 'node:crypto';
import {
  closeSync,
  lstatSync,
  openSync,
  readdirSync,
  readSync,
  realpathSync,
  type Stats,
  statSync,
} from 'node:fs';
import { join, sep } from 'node:path';
import { type GlobPattern, readGlobLine, searchPaths } from './glob-pattern.ts';

/**
 * `hashFiles(patterns…)`: hex sha256 over the sha256 digests of the files that match, in the order of the search; '' if none
 * does. Only files of the workspace count.
 * @throws Error for a pattern that is invalid or a file that can't be read
 * @see https://github.com/actions/runner/blob/main/src/Misc/expressionFunc/hashFiles/src/hashFiles.ts
 */
export function hashFiles(workspace: string, parameters: string[]): string {
  const [option = '', ...others] = parameters;
  const follow = option.toLowerCase() === '--follow-symbolic-links';
  if (option.startsWith('--') && !follow) {
    throw new Error(`Invalid glob option ${option}, available option: '--follow-symbolic-links'.`);
  }
  const lines = (follow ? others : parameters).flatMap((text) => text.split('\n').map((line) => line.trim()));
  const patterns = lines
    .filter((line) => line !== '' && !line.startsWith('#'))
    .flatMap((line) => readGlobLine(line, workspace));
  const result = createHash('sha256');
  let found = false;
  for (const path of search(patterns, follow)) {
    if (!path.startsWith(workspace + sep)) continue;
    const stats = statSync(path);
    if (stats.isDirectory()) continue;
    // To read a named pipe would wait for ever.
    if (!stats.isFile()) throw new Error(`hashFiles can't read ${path}: it is no regular file.`);
    result.update(digestOf(path));
    found = true;
  }
  return found ? result.digest('hex') : '';
}

/** Depth first, entries by name, as @actions/glob does it: the order is part of the hash. */
function* search(patterns: GlobPattern[], follow: boolean): Generator<string> {
  const open = searchPaths(patterns)
    .filter((path) => lstatSync(path, { throwIfNoEntry: false }) !== undefined)
    .map((path) => ({ path, ancestors: [] as string[] }))
    .reverse();
  for (let item = open.pop(); item !== undefined; item = open.pop()) {
    const { path, ancestors } = item;
    const match = matchAll(patterns, path);
    const below = match.file || match.directory || mayMatchBelow(patterns, path);
    if (!below) continue;
    const stats = follow ? statSync(path, { throwIfNoEntry: false }) : lstatSync(path);
    if (stats === undefined || isCycle(path, stats, follow ? ancestors : [])) continue;
    if (!stats.isDirectory()) {
      if (match.file) yield path;
      continue;
    }
    const inside = follow ? [...ancestors, realpathSync(path)] : [];
    for (const name of readdirSync(path).reverse()) open.push({ path: join(path, name), ancestors: inside });
  }
}

function matchAll(patterns: GlobPattern[], path: string): { file: boolean; directory: boolean } {
  const result = { file: false, directory: false };
  for (const pattern of patterns) {
    const match = pattern.match(path);
    if (match.file) result.file = !pattern.negate;
    if (match.directory) result.directory = !pattern.negate;
  }
  return result;
}

function mayMatchBelow(patterns: GlobPattern[], path: string): boolean {
  return patterns.some((pattern) => !pattern.negate && pattern.mayMatchBelow(path));
}

function isCycle(path: string, stats: Stats, ancestors: string[]): boolean {
  return ancestors.length > 0 && stats.isDirectory() && ancestors.includes(realpathSync(path));
}

const chunk = Buffer.allocUnsafe(1024 * 1024);

function digestOf(path: string): Buffer {
  const hash = createHash('sha256');
  const file = openSync(path, 'r');
  try {
    for (let size = readSync(file, chunk); size > 0; size = readSync(file, chunk)) {
      hash.update(chunk.subarray(0, size));
    }
  } finally {
    closeSync(file);
  }
  return hash.digest();
}
