import type { Generated } from 'kysely';

/** The tables. Times are epoch milliseconds, sizes bytes, digests `sha256:<hex>`, flags 0 or 1. */
export interface Tables {
  artifact: ArtifactTable;
  cache_entry: CacheEntryTable;
}

export interface ArtifactTable {
  id: Generated<number>;
  repository: string;
  run_id: string;
  job_key: string;
  name: string;
  mime_type: string;
  digest: string;
  size: number;
  /** 1 if it was made for an event whose code is not trusted, such as a fork's pull request. */
  untrusted: number;
  created_at: number;
  expires_at: number;
}

export interface CacheEntryTable {
  id: Generated<number>;
  repository: string;
  /** The ref that the entry belongs to, e.g. `refs/heads/main`. */
  scope: string;
  key: string;
  /** Hash of paths and compression, chosen by the client; entries of different versions never meet. */
  version: string;
  digest: string;
  size: number;
  created_at: number;
  used_at: number;
}
