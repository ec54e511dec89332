import type { JobEvent } from '@slipway/contracts';
import { JobStreamDecoder, type PlacedJobEvent } from '@slipway/contracts/job-stream';
import type { StreamId } from '../runners/job-streams.ts';
import { findStream, type StreamReading } from './job-stream.ts';

/** A place in what is told of a job: a claim of it, and an offset in that claim's stream. */
export interface LogPlace {
  fence: number;
  offset: number;
}

/**
 * Logs for those who follow them. Whoever waits at the same place reads together: a hundred readers of a live log cost the store, the disk and
 * the encoding what one does.
 */
export interface LogTails {
  /**
   * The events of a job as they come, until it is over, as messages of an event stream. Where a job begins again with another runner, so does what
   * is told, from the beginning of another stream.
   * @param from where to go on; of another stream than that of the job's last claim it counts as the beginning
   */
  follow(jobId: number, options: { from: LogPlace; signal: AbortSignal }): AsyncGenerator<Uint8Array>;
}

const pieceBytes = 256 * 1024;
/** Another server may write to the stream: nothing tells of that. */
const lookEveryMs = 1_000;

interface Tail {
  readers: number;
  /** Counts what was added since somebody reads. */
  version: number;
  wake: Set<() => void>;
  unwatch: () => void;
  /** Reads under way, by place and version. */
  pages: Map<string, Promise<Page>>;
}

interface Page {
  place: LogPlace;
  /** Null: there is nothing yet. */
  messages: Uint8Array | null;
  /** The job is over, and there is nothing behind this page. */
  isLast: boolean;
}

export function createLogTails(reading: StreamReading): LogTails {
  const tails = new Map<number, Tail>();
  return {
    async *follow(jobId, { from, signal }) {
      const tail = join(tails, reading, jobId);
      try {
        for (let place = from; !signal.aborted; ) {
          const { version } = tail;
          const page = await sharedPage(tail, place, () => readPage(reading, jobId, place));
          place = page.place;
          if (page.messages !== null) yield page.messages;
          if (page.isLast) return;
          if (page.messages === null && tail.version === version) await growth(tail, signal);
        }
      } finally {
        leave(tails, jobId, tail);
      }
    },
  };
}

function join(tails: Map<number, Tail>, { streams }: StreamReading, jobId: number): Tail {
  const known = tails.get(jobId);
  if (known !== undefined) {
    known.readers += 1;
    return known;
  }
  const tail: Tail = { readers: 1, version: 0, wake: new Set(), unwatch: () => {}, pages: new Map() };
  tail.unwatch = streams.watch(jobId, () => {
    tail.version += 1;
    for (const wake of [...tail.wake]) wake();
  });
  tails.set(jobId, tail);
  return tail;
}

function leave(tails: Map<number, Tail>, jobId: number, tail: Tail): void {
  tail.readers -= 1;
  if (tail.readers > 0) return;
  tail.unwatch();
  tails.delete(jobId);
}

/** A read that began before the last growth would miss it: only those that began after it are shared. */
function sharedPage(tail: Tail, { fence, offset }: LogPlace, read: () => Promise<Page>): Promise<Page> {
  const key = `${fence}.${offset}.${tail.version}`;
  const known = tail.pages.get(key);
  if (known !== undefined) return known;
  const page = read().finally(() => tail.pages.delete(key));
  tail.pages.set(key, page);
  return page;
}

async function readPage(reading: StreamReading, jobId: number, from: LogPlace): Promise<Page> {
  const { stream, isOver } = await findStream(reading, jobId);
  const { fence } = stream;
  const offset = fence === from.fence ? from.offset : 0;
  const { events, end } = await readSome(reading, stream, offset);
  const messages = events.length === 0 ? null : Buffer.concat(events.map((event) => messageOf(fence, event)));
  return { place: { fence, offset: end }, messages, isLast: isOver && messages === null };
}

/** The events that one read gives; of one that is larger, as many reads as it takes. */
async function readSome(
  { streams }: StreamReading,
  stream: StreamId,
  offset: number,
): Promise<{ events: PlacedJobEvent[]; end: number }> {
  const decoder = new JobStreamDecoder(offset);
  for (let at = offset; ; ) {
    const piece = await streams.read(stream, { offset: at, maxBytes: pieceBytes });
    if (piece.length === 0) return { events: [], end: offset };
    at += piece.length;
    const events = decoder.push(piece);
    if (events.length > 0) return { events, end: events.at(-1)?.end ?? offset };
  }
}

function messageOf(fence: number, { event, end }: PlacedJobEvent): Buffer {
  return Buffer.from(`event: ${event.kind}\ndata: ${dataOf(event)}\nid: ${fence}.${end}\n\n`);
}

function dataOf(event: JobEvent): string {
  if (event.kind !== 'step.log') return JSON.stringify(event);
  const { kind, step, bytes } = event;
  return JSON.stringify({ kind, step, text: Buffer.from(bytes).toString() });
}

function growth(tail: Tail, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      tail.wake.delete(end);
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, lookEveryMs);
    tail.wake.add(end);
    signal.addEventListener('abort', end);
  });
}
