import { plainText } from './control-sequences.ts';
import { withReadableMarkers } from './log-markers.ts';

const keptBytes = 16 * 1024;

/** The end of a log, at most 16 KiB of it, whatever is appended. */
export class LogTail {
  #chunks: Uint8Array[] = [];
  #sizeBytes = 0;

  append(bytes: Uint8Array): void {
    const end = bytes.subarray(Math.max(0, bytes.length - keptBytes));
    // A copy (`slice` of a Buffer is none): the bytes are lent.
    this.#chunks.push(Buffer.from(end));
    this.#sizeBytes += end.length;
    while (this.#sizeBytes - this.#chunks[0]!.length >= keptBytes)
      this.#sizeBytes -= this.#chunks.shift()!.length;
  }

  /** The last lines, oldest first, as text without control sequences. */
  lines(most: number): string[] {
    const text = plainText(withReadableMarkers(Buffer.concat(this.#chunks)));
    const lines = text.split('\n');
    if (lines.at(-1) === '') lines.pop();
    // The first may have lost its beginning, if it is not also the log's first.
    return lines.slice(-most);
  }
}
