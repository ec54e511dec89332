import type { Position } from '../model/diagnostic.ts';

/** One `# slipway-ignore rule[, rule]: reason`. */
export interface IgnoreComment {
  at: Position;
  /** The line whose findings it silences: its own, or the next one if nothing else stands on its own. */
  line: number;
  codes: string[];
  reason: string;
}

const pattern = /#\s*slipway-ignore\b[ \t]*([^:]*)(?::\s*(.*))?$/;

/**
 * A comment is recognised wherever it stands, within scripts too. A `#` within quotes that reads like one is taken for one;
 * it silences rules of that line alone.
 */
export function readIgnoreComments(lines: readonly string[]): IgnoreComment[] {
  return lines.flatMap((text, i): IgnoreComment[] => {
    const match = pattern.exec(text);
    if (!match) return [];
    const [, names = '', reason = ''] = match;
    const isAlone = text.slice(0, match.index).trim() === '';
    return [
      {
        at: { line: i + 1, column: match.index + 1 },
        line: isAlone ? i + 2 : i + 1,
        codes: names.split(/[\s,]+/).filter((name) => name !== ''),
        reason: reason.trim(),
      },
    ];
  });
}
