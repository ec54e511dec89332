import { randomUUID } from 'node:crypto';
import path from 'node:path';
import type { BlobStore } from '../blobs/blob-store.ts';
import { BlockUpload } from '../blobs/block-upload.ts';
import { ResultsError } from './results-error.ts';

/** An upload that has begun and is not finalized. Nothing of it is in the store: a killed upload leaves nothing visible. */
export interface PendingUpload {
  id: string;
  /** What is made of it, e.g. `artifact run-1 report`; one upload at a time may make one thing. */
  purpose: string;
  mimeType: string;
  expiresAt: number;
  upload: BlockUpload;
  /** Epoch ms of the last byte or request. */
  touchedAt: number;
}

export interface PendingUploads {
  /**
   * @param replace what to do with another upload of the same purpose: an artifact's is replaced, a cache's is left alone while it lives
   * @throws ResultsError already_exists
   */
  begin(
    details: Pick<PendingUpload, 'purpose' | 'mimeType' | 'expiresAt'>,
    options: { maxSizeBytes: number; replace: boolean },
  ): PendingUpload;
  /** @throws ResultsError not_found */
  get(id: string): PendingUpload;
  /** @throws ResultsError not_found */
  of(purpose: string): PendingUpload;
  /** Ends it; its file is the caller's. */
  take(pending: PendingUpload): Promise<{ file: string; size: number }>;
  discardAll(): Promise<void>;
}

/** Longer without a byte and an upload counts as dead. */
const silenceMs = 5 * 60 * 1000;

export function createPendingUploads(blobs: BlobStore, now: () => number): PendingUploads {
  const byId = new Map<string, PendingUpload>();
  const byPurpose = new Map<string, PendingUpload>();
  const forget = (pending: PendingUpload): void => {
    byId.delete(pending.id);
    if (byPurpose.get(pending.purpose) === pending) byPurpose.delete(pending.purpose);
  };
  const touch = (pending: PendingUpload | undefined, what: string): PendingUpload => {
    if (pending === undefined) throw new ResultsError('not_found', `there is no upload ${what}`);
    pending.touchedAt = now();
    return pending;
  };
  return {
    begin(details, { maxSizeBytes, replace }) {
      const other = byPurpose.get(details.purpose);
      if (other !== undefined) {
        if (!replace && now() - other.touchedAt < silenceMs) {
          throw new ResultsError('already_exists', 'another job is uploading this now');
        }
        forget(other);
        void other.upload.discard();
      }
      const id = randomUUID();
      const upload = new BlockUpload(path.join(blobs.stagingDirectory(), id), maxSizeBytes);
      const pending = { ...details, id, upload, touchedAt: now() };
      byId.set(id, pending);
      byPurpose.set(details.purpose, pending);
      return pending;
    },
    get: (id) => touch(byId.get(id), id),
    of: (purpose) => touch(byPurpose.get(purpose), `for ${purpose}`),
    take(pending) {
      forget(pending);
      return pending.upload.finish();
    },
    async discardAll() {
      const all = [...byId.values()];
      byId.clear();
      byPurpose.clear();
      await Promise.all(all.map(({ upload }) => upload.discard()));
    },
  };
}
