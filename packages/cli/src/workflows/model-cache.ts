import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Keeps what was read from a file by the file's content, so that the parser is not even loaded for a file that has not
 * changed. An entry holds the content itself: the key only finds it, so a cheap hash is enough.
 */
export interface ModelCache {
  /** What was kept for this path and content, or undefined. */
  find(path: string, content: string): unknown;
  keep(path: string, content: string, model: unknown): void;
}

interface Entry {
  path: string;
  content: string;
  model: unknown;
}

/** In `directory`; `version` is that of the reader: what another version read is not used. */
export function createModelCache(directory: string, version: string): ModelCache {
  const fileOf = (path: string, content: string) =>
    join(directory, `${hash(`${version}\0${path}\0${content}`)}.json`);
  return {
    find(path, content) {
      const entry = readEntry(fileOf(path, content));
      return entry?.path === path && entry.content === content ? entry.model : undefined;
    },
    keep(path, content, model) {
      const file = fileOf(path, content);
      const entry: Entry = { path, content, model };
      try {
        mkdirSync(directory, { recursive: true });
        writeFileSync(`${file}.${process.pid}`, JSON.stringify(entry));
        renameSync(`${file}.${process.pid}`, file);
      } catch {
        // A cache that cannot be written costs time only.
      }
    },
  };
}

/** A missing or damaged entry is no entry. */
function readEntry(file: string): Partial<Entry> | null {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return null;
  }
}

/**
 * 53 bits of a non-cryptographic hash (two 32-bit lanes, multiplied and mixed as in MurmurHash3); loading `node:crypto` would take
 * longer than everything else that is done with an unchanged file.
 */
function hash(text: string): string {
  let low = 0xdeadbeef;
  let high = 0x41c6ce57;
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    low = Math.imul(low ^ unit, 2654435761);
    high = Math.imul(high ^ unit, 1597334677);
  }
  low = Math.imul(low ^ (low >>> 16), 2246822507) ^ Math.imul(high ^ (high >>> 13), 3266489909);
  high = Math.imul(high ^ (high >>> 16), 2246822507) ^ Math.imul(low ^ (low >>> 13), 3266489909);
  return (4294967296 * (2097151 & high) + (low >>> 0)).toString(36);
}
