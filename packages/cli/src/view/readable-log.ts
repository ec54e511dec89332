import { withoutControl } from './control-sequences.ts';
import { withReadableMarkers } from './log-markers.ts';

/** A log that comes in pieces, as people read it; a terminal is not told by it what to do. */
export interface ReadableLog {
  /** What may be shown now: whole lines. */
  take(bytes: Uint8Array): Uint8Array;
  /** The last line, if nothing ends it. */
  end(): Uint8Array;
}

/** A line that is longer is passed on before its end. */
const longestLineBytes = 64 * 1024;

export function readableLog(onTerminal: boolean): ReadableLog {
  const clean = onTerminal ? withoutControl : (bytes: Uint8Array) => bytes;
  let begun: Uint8Array = new Uint8Array(0);
  return {
    take(bytes) {
      const read = begun.length === 0 ? bytes : Buffer.concat([begun, bytes]);
      const lineEnd = read.lastIndexOf(0x0a) + 1;
      const end = read.length - lineEnd > longestLineBytes ? read.length : lineEnd;
      begun = read.slice(end);
      return clean(withReadableMarkers(read.subarray(0, end)));
    },
    end() {
      const last = begun;
      begun = new Uint8Array(0);
      return clean(withReadableMarkers(last));
    },
  };
}
