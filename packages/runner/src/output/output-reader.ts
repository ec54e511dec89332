import type { Masker } from './masker.ts';

/** What a step's output is read for, besides showing it. */
export interface OutputListener {
  /**
   * If the line is a command, what carries it out; the line itself is not shown then.
   * Asked only for lines that may be one.
   */
  command(line: string): (() => void) | undefined;
  /** Takes whole lines that are no commands, in order. */
  lines(block: Buffer): void;
}

/** Reads one stream of a process. */
export interface OutputReader {
  /** May keep the chunk; see `keeps`. */
  write(chunk: Buffer): void;
  /** The stream has ended: a last line without newline gets one. */
  end(): void;
  /** Whether a part of what was written is waited for to go on. */
  readonly keeps: boolean;
}

/** A longer line is cut, so that memory stays bounded. */
const longestLineBytes = 1024 * 1024;
const newline = 0x0a;
const carriageReturn = 0x0d;

/**
 * Cuts a stream into blocks of whole lines and picks the workflow commands out of them. Works on bytes and by native
 * searches, so that output without commands costs no work per line.
 */
export function createOutputReader(masker: Masker, listener: OutputListener): OutputReader {
  /** The beginning of a line whose newline has not come yet. */
  let open: Buffer[] = [];
  let openBytes = 0;

  function keepOpen(part: Buffer): void {
    if (part.length === 0) return;
    open.push(part);
    openBytes += part.length;
    if (openBytes > longestLineBytes) cutOpenLine();
  }

  function takeOpen(): Buffer {
    const line = open.length === 1 ? (open[0] as Buffer) : Buffer.concat(open, openBytes);
    open = [];
    openBytes = 0;
    return line;
  }

  /** Whole secrets are masked before the cut; the beginning of one can only be in what is kept. */
  function cutOpenLine(): void {
    const line = masker.maskLines(takeOpen());
    const at = Math.max(line.length - masker.longestInLine, 1);
    readBlock(Buffer.concat([line.subarray(0, at), Buffer.of(newline)]), listener);
    keepOpen(line.subarray(at));
  }

  return {
    get keeps() {
      return openBytes > 0;
    },
    write(chunk) {
      const last = chunk.lastIndexOf(newline);
      if (last === -1) return keepOpen(chunk);
      let from = 0;
      if (openBytes > 0) {
        from = chunk.indexOf(newline) + 1;
        open.push(chunk.subarray(0, from));
        openBytes += from;
        readBlock(takeOpen(), listener);
      }
      if (from <= last) readBlock(chunk.subarray(from, last + 1), listener);
      keepOpen(chunk.subarray(last + 1));
    },
    end() {
      if (openBytes === 0) return;
      open.push(Buffer.of(newline));
      openBytes += 1;
      readBlock(takeOpen(), listener);
    },
  };
}

function readBlock(block: Buffer, listener: OutputListener): void {
  let shown = 0;
  for (const line of candidateLines(block)) {
    const carryOut = listener.command(block.toString('utf8', line.start, line.end));
    if (carryOut === undefined) continue;
    if (line.start > shown) listener.lines(block.subarray(shown, line.start));
    carryOut();
    shown = line.next;
  }
  if (shown === 0) listener.lines(block);
  else if (shown < block.length) listener.lines(block.subarray(shown));
}

interface Line {
  start: number;
  /** Without the line's end. */
  end: number;
  /** Where the next line starts. */
  next: number;
}

/** Lines that begin with `::` or hold `##[`, in order. */
function* candidateLines(block: Buffer): Generator<Line> {
  let from = 0;
  let colons = findColons(block, 0);
  let brackets = block.indexOf('##[');
  while (colons !== -1 || brackets !== -1) {
    const at = colons === -1 || (brackets !== -1 && brackets < colons) ? brackets : colons;
    const line = lineAround(block, at, from);
    yield line;
    from = line.next;
    if (colons !== -1 && colons < from) colons = findColons(block, from);
    if (brackets !== -1 && brackets < from) brackets = block.indexOf('##[', from);
  }
}

/** Where the next line starts (white space left out) with `::`; -1 if none does. */
function findColons(block: Buffer, from: number): number {
  let at = block.indexOf('::', from);
  while (at !== -1) {
    let before = at - 1;
    while (before >= from && isBlank(block[before])) before--;
    if (before < from || isLineEnd(block[before])) return at;
    // Later ones in this line are none either.
    const end = endOfLine(block, at);
    at = block.indexOf('::', end);
  }
  return -1;
}

function lineAround(block: Buffer, at: number, from: number): Line {
  let start = at;
  while (start > from && !isLineEnd(block[start - 1])) start--;
  const end = endOfLine(block, at);
  const isPair = block[end] === carriageReturn && block[end + 1] === newline;
  return { start, end, next: end + (isPair ? 2 : 1) };
}

/** A carriage return ends a line for commands, as it does on GitHub. */
function endOfLine(block: Buffer, from: number): number {
  const end = block.indexOf(newline, from);
  const earlier = block.subarray(from, end).indexOf(carriageReturn);
  return earlier === -1 ? end : from + earlier;
}

function isLineEnd(byte: number | undefined): boolean {
  return byte === newline || byte === carriageReturn;
}

function isBlank(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x09 || byte === 0x0b || byte === 0x0c;
}
