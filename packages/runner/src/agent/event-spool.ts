import { closeSync, openSync, readSync, writeSync } from 'node:fs';
import type { JobEvent } from '@slipway/contracts';
import { encodeJobEvent } from '@slipway/contracts/job-stream';

/** The events of a job on this machine's disk, from where they are sent: a server that is away holds nothing up and costs no memory. */
export interface EventSpool {
  write(event: JobEvent): void;
  /** At most `maxBytes` from `offset` on; empty at the end. */
  read(offset: number, maxBytes: number): Uint8Array;
  readonly size: number;
  /** Resolves when there is more than `size`, or the spool is ended. */
  grown(size: number): Promise<void>;
  /** No event follows. */
  end(): void;
  readonly ended: boolean;
  close(): void;
}

/**
 * @param onFailure an event could not be written, e.g. on a full disk; it and all that follow are left out
 * @throws what the file system says to a new file
 */
export function createEventSpool(file: string, onFailure: (error: unknown) => void): EventSpool {
  const descriptor = openSync(file, 'w+');
  let size = 0;
  let ended = false;
  let hasFailed = false;
  let wake: (() => void)[] = [];
  const tell = (): void => {
    for (const resolve of wake.splice(0)) resolve();
    wake = [];
  };
  return {
    write(event) {
      if (hasFailed || ended) return;
      const bytes = encodeJobEvent(event);
      try {
        for (let done = 0; done < bytes.length; ) {
          done += writeSync(descriptor, bytes, done, bytes.length - done, size + done);
        }
      } catch (error) {
        hasFailed = true;
        onFailure(error);
        return;
      }
      size += bytes.length;
      tell();
    },
    read(offset, maxBytes) {
      const bytes = new Uint8Array(Math.min(maxBytes, Math.max(0, size - offset)));
      const read = bytes.length === 0 ? 0 : readSync(descriptor, bytes, 0, bytes.length, offset);
      return bytes.subarray(0, read);
    },
    get size() {
      return size;
    },
    grown: (known) =>
      size > known || ended ? Promise.resolve() : new Promise((resolve) => wake.push(resolve)),
    end() {
      ended = true;
      tell();
    },
    get ended() {
      return ended;
    },
    close: () => closeSync(descriptor),
  };
}
