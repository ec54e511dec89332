import type { WriteStream } from 'node:tty';
import { cutToWidth, widthOf } from './text-width.ts';

const beginTogether = '\x1b[?2026h';
const endTogether = '\x1b[?2026l';
const hideCursor = '\x1b[?25l';
const showCursor = '\x1b[?25h';
const clearBelow = '\x1b[J';
const clearToEnd = '\x1b[K';

/**
 * The lowest rows of a terminal, redrawn in place; what is printed above them scrolls up and stays. A redraw is one write in
 * a synchronised update and clears no more than it must, so that nothing flickers.
 * @see https://contour-terminal.org/vt-extensions/synchronized-output/
 */
export class Screen {
  readonly #stream: WriteStream;
  /** What stands there now, cut to the width it was drawn at. */
  #drawn: string[] = [];
  readonly #onExit = (): void => this.close();

  constructor(stream: WriteStream) {
    this.#stream = stream;
    // However the process ends, the cursor comes back.
    process.once('exit', this.#onExit);
  }

  get rows(): number {
    return this.#stream.rows ?? 24;
  }

  /** Prints `above` for good, then draws `frame` below it. */
  draw(above: readonly string[], frame: readonly string[]): void {
    const columns = this.#stream.columns ?? 80;
    const lines = frame.map((line) => cutToWidth(line, columns - 1));
    if (above.length === 0 && sameLines(lines, this.#drawn)) return;
    const body = [...above, ...lines].map((line) => `${line}${clearToEnd}\n`).join('');
    this.#stream.write(
      `${beginTogether}${hideCursor}${this.#toTop(columns)}${body}${clearBelow}${endTogether}`,
    );
    this.#drawn = lines;
  }

  /** Nothing is drawn any more. */
  close(): void {
    process.off('exit', this.#onExit);
    this.clear();
  }

  /** Takes the frame away and gives the cursor back; what is printed next begins where the frame was. */
  clear(): void {
    this.#stream.write(`${this.#toTop(this.#stream.columns ?? 80)}${clearBelow}${showCursor}`);
    this.#drawn = [];
  }

  /** A terminal that has become narrower has wrapped what was drawn. */
  #toTop(columns: number): string {
    const rows = this.#drawn.reduce((sum, line) => sum + Math.max(1, Math.ceil(widthOf(line) / columns)), 0);
    return rows === 0 ? '\r' : `\r\x1b[${rows}A`;
  }
}

function sameLines(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((line, index) => line === b[index]);
}
