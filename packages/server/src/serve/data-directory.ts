import path from 'node:path';
import type { StoreLocation } from '../store/open-store.ts';

/** What is where in `--data`. */
export interface DataDirectory {
  root: string;
  /** Of the embedded store. */
  database: string;
  blobs: string;
  streams: string;
  repositories: string;
  secrets: string;
  /** What in-process runners work in. */
  home: string;
}

export function dataDirectory(root: string): DataDirectory {
  const at = (name: string) => path.join(path.resolve(root), name);
  return {
    root: path.resolve(root),
    database: at('slipway.db'),
    blobs: at('blobs'),
    streams: at('streams'),
    repositories: at('repositories'),
    secrets: at('secrets'),
    home: at('home'),
  };
}

/** Where the tables are: in PostgreSQL if there is a URL, else in the folder. */
export function storeLocation(root: string, databaseUrl: string | undefined): StoreLocation {
  if (databaseUrl !== undefined) return { kind: 'postgres', url: databaseUrl };
  return { kind: 'sqlite', file: dataDirectory(root).database };
}
