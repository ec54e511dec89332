import { openServerKey } from '../access/server-key.ts';
import { type BlobStore, openFileBlobStore } from '../blobs/blob-store.ts';
import { createNotices } from '../controller/notices.ts';
import type { EventSources } from '../events/event-sources.ts';
import { createMetrics, type Metrics } from '../operation/metrics.ts';
import { type StorageWatch, watchStorage } from '../operation/storage-watch.ts';
import { createWorkflowModels } from '../repositories/read-workflows.ts';
import { createPendingUploads, type PendingUploads } from '../results/pending-uploads.ts';
import { type JobStreams, openJobStreams } from '../runners/job-streams.ts';
import { openSecretVault } from '../secrets/open-secret-vault.ts';
import { openStore, type Store } from '../store/open-store.ts';
import { dataDirectory } from './data-directory.ts';
import type { ServerOptions } from './server-options.ts';

/** What a server is made of, before it is reached by anybody. */
export interface ServerParts {
  store: Store;
  blobs: BlobStore;
  streams: JobStreams;
  uploads: PendingUploads;
  key: Uint8Array;
  storage: StorageWatch;
  metrics: Metrics;
  closing: AbortController;
  sources: Omit<EventSources, 'publicUrl'>;
}

export async function openParts(options: ServerOptions): Promise<ServerParts> {
  const { now, logger, minFreeBytes, freeBytes, readRemote } = options;
  const data = dataDirectory(options.data);
  const blobs = await openFileBlobStore(data.blobs);
  const key = await openServerKey(data.secrets);
  const store = await openStore(options.location ?? { kind: 'sqlite', file: data.database });
  const storage = await watchStorage({
    directory: data.root,
    minFreeBytes,
    ...(freeBytes && { freeBytes }),
    onChange(state) {
      if (state.kind === 'full') logger.error(state, 'the disk is full: no work is accepted');
      else logger.info(state, 'there is room again: work is accepted');
    },
  });
  const sources = {
    store,
    notices: createNotices(),
    now,
    repositories: data.repositories,
    secrets: await openSecretVault({
      store,
      directory: data.secrets,
      now,
      ...(options.secretKeys && { given: options.secretKeys }),
    }),
    models: createWorkflowModels(),
    readRemote,
  };
  return {
    store,
    blobs,
    streams: openJobStreams(data.streams),
    uploads: createPendingUploads(blobs, now, options.location?.kind === 'postgres' ? 'servers' : 'server'),
    key,
    storage,
    metrics: createMetrics({ store, now, storage }),
    closing: new AbortController(),
    sources,
  };
}

/** Ends what was opened; nothing may use it any more. */
export async function closeParts({ storage, uploads, store }: ServerParts): Promise<void> {
  storage.close();
  await uploads.close();
  await store.destroy();
}
