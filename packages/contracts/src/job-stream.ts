import type { JobEvent } from './job-event.ts';

/**
 * A job's events as one stream of bytes, the same on the wire and on disk: each event a line of JSON; a `step.log` line says in `length`
 * how many bytes of log follow it. A place in it is an offset in bytes, so that sending a part twice changes nothing.
 */
export function encodeJobEvent(event: JobEvent): Uint8Array {
  if (event.kind !== 'step.log') return encoder.encode(`${JSON.stringify(event)}\n`);
  const { kind, step, bytes } = event;
  const header = encoder.encode(`${JSON.stringify({ kind, step, length: bytes.length })}\n`);
  const whole = new Uint8Array(header.length + bytes.length);
  whole.set(header);
  whole.set(bytes, header.length);
  return whole;
}

/** An event and where it ends in the stream. */
export interface PlacedJobEvent {
  event: JobEvent;
  end: number;
}

/** Takes a stream in pieces of any size and gives the events that are complete. */
export class JobStreamDecoder {
  #rest: Uint8Array = empty;
  /** Offset of the first byte of #rest. */
  #offset: number;

  /** @param offset where the first piece begins; an event must begin there too */
  constructor(offset = 0) {
    this.#offset = offset;
  }

  /** @throws SyntaxError if the stream is not one. */
  push(piece: Uint8Array): PlacedJobEvent[] {
    const bytes = this.#rest.length === 0 ? piece : concat(this.#rest, piece);
    const events: PlacedJobEvent[] = [];
    let at = 0;
    for (;;) {
      const next = readEvent(bytes, at);
      if (next === null) break;
      at = next.end;
      events.push({ event: next.event, end: this.#offset + at });
    }
    this.#rest = bytes.slice(at);
    this.#offset += at;
    return events;
  }
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();
const empty = new Uint8Array(0);
const lineEnd = 0x0a;

function readEvent(bytes: Uint8Array, from: number): PlacedJobEvent | null {
  const newline = bytes.indexOf(lineEnd, from);
  if (newline === -1) return null;
  const header = JSON.parse(decoder.decode(bytes.subarray(from, newline))) as
    | Exclude<JobEvent, { kind: 'step.log' }>
    | { kind: 'step.log'; step: number; length: number };
  const start = newline + 1;
  if (header.kind !== 'step.log') return { event: header, end: start };
  const end = start + header.length;
  if (bytes.length < end) return null;
  return { event: { kind: 'step.log', step: header.step, bytes: bytes.slice(start, end) }, end };
}

function concat(a: Uint8Array, b: Uint8Array): Uint8Array {
  const whole = new Uint8Array(a.length + b.length);
  whole.set(a);
  whole.set(b, a.length);
  return whole;
}
