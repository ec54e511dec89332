import type { Quotas } from '@slipway/contracts/api/quotas';
import type { ArtifactLimits } from '../artifacts/artifact-service.ts';
import type { BlobStore } from '../blobs/blob-store.ts';
import type { CacheLimits } from '../caches/cache-service.ts';
import type { Store } from '../store/open-store.ts';
import type { JobScope } from './job-scope.ts';
import type { PendingUploads } from './pending-uploads.ts';

/** What the artifact and cache endpoints work on. */
export interface ResultsContext {
  store: Store;
  blobs: BlobStore;
  uploads: PendingUploads;
  now: () => number;
  artifactLimits: ArtifactLimits;
  cacheLimits: CacheLimits;
  /** Of one artifact. */
  maxUploadBytes: number;
  /** What a repository may have of both, in bytes; default: no limit but those above. */
  quotasOf?: (repository: string) => Promise<Pick<Quotas, 'artifacts' | 'caches'>>;
  /** Signs tokens and URLs. */
  key: Uint8Array;
}

/** One request of a job. */
export interface ResultsCall extends ResultsContext {
  scope: JobScope;
  /** An absolute URL for a path, usable without a token for an hour, at the address by which the caller came: no other may reach it. */
  signedUrl: (pathname: string) => string;
}
