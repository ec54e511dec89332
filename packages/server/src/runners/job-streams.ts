import { mkdir, open, readdir, rm } from 'node:fs/promises';
import path from 'node:path';

/** The streams of all jobs (see contracts, job-stream): append-only files, one for each claim of a job. */
export interface JobStreams {
  /**
   * Adds a piece that begins at `offset`; what is there already is not written again.
   * @returns how long the stream is now; shorter than `offset` if a piece between is missing, and nothing was added
   */
  append(stream: StreamId, piece: { offset: number; bytes: Uint8Array }): Promise<number>;
  /** Bytes from `offset` on, at most `maxBytes`; empty at the end, and where there is no such stream. */
  read(stream: StreamId, range: { offset: number; maxBytes: number }): Promise<Buffer>;
  size(stream: StreamId): Promise<number>;
  /** On the disk for good, not only in the system's memory. */
  sync(stream: StreamId): Promise<void>;
  /** Calls back whenever the stream may have grown; a call more than needed is possible. @returns ends it */
  watch(jobId: number, onGrowth: () => void): () => void;
  remove(jobId: number): Promise<void>;
}

export interface StreamId {
  jobId: number;
  fence: number;
}

/** Files `<directory>/<last two digits>/<job>.<fence>.stream`. */
export function openJobStreams(directory: string): JobStreams {
  const watchers = new Map<number, Set<() => void>>();
  const folderOf = (jobId: number) => path.join(directory, String(jobId % 100).padStart(2, '0'));
  const fileOf = ({ jobId, fence }: StreamId) => path.join(folderOf(jobId), `${jobId}.${fence}.stream`);
  return {
    async append(stream, { offset, bytes }) {
      const handle = await openForWriting(fileOf(stream));
      try {
        const { size } = await handle.stat();
        if (offset > size) return size;
        const fresh = bytes.subarray(size - offset);
        for (let done = 0; done < fresh.length; ) {
          const { bytesWritten } = await handle.write(fresh, done, fresh.length - done, size + done);
          done += bytesWritten;
        }
        for (const onGrowth of watchers.get(stream.jobId) ?? []) onGrowth();
        return size + fresh.length;
      } finally {
        await handle.close();
      }
    },
    async read(stream, { offset, maxBytes }) {
      const handle = await open(fileOf(stream), 'r').catch(ignoreMissing);
      if (handle === null) return Buffer.alloc(0);
      try {
        const { bytesRead, buffer } = await handle.read(Buffer.allocUnsafe(maxBytes), 0, maxBytes, offset);
        return buffer.subarray(0, bytesRead);
      } finally {
        await handle.close();
      }
    },
    async size(stream) {
      const handle = await open(fileOf(stream), 'r').catch(ignoreMissing);
      if (handle === null) return 0;
      try {
        return (await handle.stat()).size;
      } finally {
        await handle.close();
      }
    },
    async sync(stream) {
      const handle = await open(fileOf(stream), 'r').catch(ignoreMissing);
      if (handle === null) return;
      try {
        await handle.sync();
      } finally {
        await handle.close();
      }
    },
    watch(jobId, onGrowth) {
      const own = watchers.get(jobId) ?? new Set();
      watchers.set(jobId, own.add(onGrowth));
      return () => {
        own.delete(onGrowth);
        if (own.size === 0) watchers.delete(jobId);
      };
    },
    async remove(jobId) {
      const names = await readdir(folderOf(jobId)).catch(() => []);
      const own = names.filter((name) => name.startsWith(`${jobId}.`));
      await Promise.all(own.map((name) => rm(path.join(folderOf(jobId), name), { force: true })));
    },
  };
}

async function openForWriting(file: string) {
  await mkdir(path.dirname(file), { recursive: true });
  // 'r+' keeps what is there and lets writes be placed; 'a' makes the file the first time.
  return open(file, 'r+').catch(async () => {
    await (await open(file, 'a')).close();
    return open(file, 'r+');
  });
}

function ignoreMissing(error: NodeJS.ErrnoException): null {
  if (error.code === 'ENOENT') return null;
  throw error;
}
