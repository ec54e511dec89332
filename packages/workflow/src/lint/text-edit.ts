import type { Position } from '../model/diagnostic.ts';

/** Replaces the text from `start` up to `end` (exclusive); places are one-based. */
export interface TextEdit {
  start: Position;
  end: Position;
  text: string;
}

/** Applies edits to a text, all at once; of two that overlap, the one that begins first. */
export function applyEdits(content: string, edits: readonly TextEdit[]): string {
  const starts = lineStarts(content);
  const offset = ({ line, column }: Position) => (starts[line - 1] ?? content.length) + column - 1;
  const sorted = edits
    .map(({ start, end, text }) => ({ from: offset(start), to: offset(end), text }))
    .sort((a, b) => a.from - b.from);
  let result = '';
  let done = 0;
  for (const { from, to, text } of sorted) {
    if (from < done) continue;
    result += content.slice(done, from) + text;
    done = to;
  }
  return result + content.slice(done);
}

function lineStarts(content: string): number[] {
  const starts = [0];
  for (let at = content.indexOf('\n'); at >= 0; at = content.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
}
