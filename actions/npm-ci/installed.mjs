import { randomUUID } from 'node:crypto';
import {
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * Folders `node_modules` that were installed on this machine, each by a key of all that decided what is in it. Their files are hard links,
 * as pnpm's are: what a job writes into one in place is seen by its size or time, and the whole folder is then forgotten.
 *
 * @typedef {{ store: string, key: string, folder: string }} Place
 * @typedef {{ folders: string[], links: [path: string, target: string][], files: [path: string, size: number, mtimeMs: number][] }} Listing
 */

const keptFolders = 5;

/**
 * Makes `node_modules` of the folder out of what is kept.
 * @param {Place} place
 * @returns {number | undefined} files; undefined: nothing is kept that could be used
 */
export function linkInstalled({ store, key, folder }) {
  const kept = join(store, key);
  const listing = readListing(kept);
  if (listing === undefined) return undefined;
  const target = join(folder, 'node_modules');
  rmSync(target, { recursive: true, force: true });
  try {
    const areSame = listing.files.every(([path, size, mtimeMs]) => {
      const now = lstatSync(join(kept, 'node_modules', path));
      return now.size === size && now.mtimeMs === mtimeMs;
    });
    if (!areSame) throw new Error('a job has changed a file in place');
    make(listing, { from: join(kept, 'node_modules'), to: target });
    utimesSync(kept, new Date(), new Date());
    return listing.files.length;
  } catch (error) {
    process.stdout.write(`What is kept can't be used: ${error.message}\n`);
    rmSync(kept, { recursive: true, force: true });
    return undefined;
  }
}

/**
 * Keeps what `npm ci` has just installed, beside the last few others. Whether that succeeds changes nothing for this job.
 * @param {Place} place
 */
export function keepInstalled({ store, key, folder }) {
  const begun = join(store, `begun-${randomUUID()}`);
  try {
    const from = join(folder, 'node_modules');
    const listing = list(from);
    mkdirSync(begun, { recursive: true });
    make(listing, { from, to: join(begun, 'node_modules') });
    writeFileSync(join(begun, 'listing.json'), JSON.stringify(listing));
    renameSync(begun, join(store, key));
    forgetOld(store);
  } catch (error) {
    rmSync(begun, { recursive: true, force: true });
    // Another job was first, or the workspace is on another disk.
    if (!['ENOTEMPTY', 'EEXIST', 'EXDEV', 'EPERM'].includes(error.code)) throw error;
  }
}

/**
 * @param {string} root
 * @returns {Listing} with paths relative to it, parents first
 */
function list(root) {
  const listing = { folders: [], links: [], files: [] };
  const look = (relative) => {
    for (const entry of readdirSync(join(root, relative), { withFileTypes: true })) {
      const path = join(relative, entry.name);
      if (entry.isDirectory()) {
        listing.folders.push(path);
        look(path);
      } else if (entry.isSymbolicLink()) {
        listing.links.push([path, readlinkSync(join(root, path))]);
      } else {
        const { size, mtimeMs } = lstatSync(join(root, path));
        listing.files.push([path, size, mtimeMs]);
      }
    }
  };
  look('');
  return listing;
}

/**
 * @param {Listing} listing
 * @param {{ from: string, to: string }} places
 */
function make({ folders, links, files }, { from, to }) {
  mkdirSync(to, { recursive: true });
  for (const path of folders) mkdirSync(join(to, path));
  for (const [path] of files) linkSync(join(from, path), join(to, path));
  for (const [path, target] of links) symlinkSync(target, join(to, path));
}

/** @param {string} kept */
function readListing(kept) {
  try {
    return JSON.parse(readFileSync(join(kept, 'listing.json'), 'utf8'));
  } catch {
    return undefined;
  }
}

/** @param {string} store */
function forgetOld(store) {
  const byAge = readdirSync(store)
    .map((name) => ({ path: join(store, name), usedAt: lstatSync(join(store, name)).mtimeMs }))
    .sort((a, b) => b.usedAt - a.usedAt);
  for (const { path } of byAge.slice(keptFolders)) {
    // By another name first: nobody must find half of it.
    const going = join(dirname(path), `begun-${randomUUID()}`);
    renameSync(path, going);
    rmSync(going, { recursive: true, force: true });
  }
}
