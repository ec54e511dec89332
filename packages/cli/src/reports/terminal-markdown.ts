import { stripVTControlCharacters } from 'node:util';
import { Marked } from 'marked';
import { markedTerminal } from 'marked-terminal';

/** Markdown of a step summary for a terminal. What it holds of control sequences is taken out first. */
export function terminalMarkdown(markdown: string, { columns }: { columns: number }): string {
  const renderer = new Marked(markedTerminal({ width: columns, reflowText: true, emoji: false }) as object);
  return renderer.parse(stripVTControlCharacters(markdown), { async: false }).trimEnd();
}
