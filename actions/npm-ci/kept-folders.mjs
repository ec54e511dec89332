import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import {
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';

/**
 * Folders `node_modules` that were installed on this machine, each by a key of all that decided what is in it. They are copied in and out (by
 * reflink where the file system can): what a job writes into its own changes no other's.
 *
 * @typedef {{ files: number, sizeBytes: number }} Extent
 */

const mostKept = 5;
const begunPrefix = 'begun-';
/** A copy that is older was interrupted. */
const copyMs = 60 * 60_000;

/**
 * Makes `node_modules` of the folder out of the first that is kept.
 * @param {{ store: string, keys: string[], folder: string }} place
 * @returns {number | undefined} files; undefined: nothing is kept that could be used
 */
export function takeInstalled({ store, keys, folder }) {
  const target = join(folder, 'node_modules');
  for (const kept of keys.map((key) => join(store, key))) {
    try {
      const extent = readExtent(kept);
      if (extent === undefined) continue;
      rmSync(target, { recursive: true, force: true });
      copy(join(kept, 'node_modules'), target);
      const copied = extentOf(target);
      // After a power cut files may be there that hold nothing.
      if (copied.files !== extent.files || copied.sizeBytes !== extent.sizeBytes)
        throw new Error(`${copied.files} of ${extent.files} files are whole`);
      utimesSync(kept, new Date(), new Date());
      return copied.files;
    } catch (error) {
      process.stdout.write(`What is kept can't be used: ${error.message}\n`);
      forget(kept);
    }
  }
  return undefined;
}

/**
 * Keeps what `npm ci` has just installed, beside the last few others. Whether that succeeds changes nothing for this job.
 * @param {{ store: string, key: string, folder: string }} place
 */
export function keepInstalled({ store, key, folder }) {
  const begun = join(store, begunPrefix + randomUUID());
  try {
    mkdirSync(begun, { recursive: true });
    copy(join(folder, 'node_modules'), join(begun, 'node_modules'));
    writeFileSync(join(begun, 'extent.json'), JSON.stringify(extentOf(join(begun, 'node_modules'))));
    renameSync(begun, join(store, key));
    forgetOld(store);
  } catch (error) {
    // Another job was first.
    const isKept = ['ENOTEMPTY', 'EEXIST'].includes(error.code);
    if (!isKept) process.stdout.write(`Not kept for other jobs: ${error.message}\n`);
    forget(begun);
  }
}

/**
 * @param {string} from
 * @param {string} to must not be there
 */
function copy(from, to) {
  const { status, error, stderr } = spawnSync('cp', ['-R', '-P', from, to], { encoding: 'utf8' });
  if (status !== 0) throw error ?? new Error(stderr.trim().split('\n').at(-1));
}

/**
 * @param {string} folder
 * @returns {Extent}
 */
function extentOf(folder) {
  const extent = { files: 0, sizeBytes: 0 };
  for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true })) {
    if (!entry.isFile()) continue;
    extent.files += 1;
    extent.sizeBytes += lstatSync(join(entry.parentPath, entry.name)).size;
  }
  return extent;
}

/**
 * @param {string} kept
 * @returns {Extent | undefined} undefined: there is nothing
 */
function readExtent(kept) {
  try {
    return JSON.parse(readFileSync(join(kept, 'extent.json'), 'utf8'));
  } catch (error) {
    if (error instanceof SyntaxError) throw error;
    return undefined;
  }
}

/** @param {string} store */
function forgetOld(store) {
  const all = readdirSync(store).map((name) => {
    const path = join(store, name);
    return { path, isBegun: name.startsWith(begunPrefix), usedAt: statSync(path).mtimeMs };
  });
  const interrupted = all.filter(({ isBegun, usedAt }) => isBegun && usedAt < Date.now() - copyMs);
  const byAge = all.filter(({ isBegun }) => !isBegun).sort((a, b) => b.usedAt - a.usedAt);
  for (const { path } of [...interrupted, ...byAge.slice(mostKept)]) forget(path);
}

/** @param {string} path */
function forget(path) {
  try {
    rmSync(path, { recursive: true, force: true });
  } catch {
    // Another job is at it, or it is not ours to remove: it is of no use to anybody either way.
  }
}
