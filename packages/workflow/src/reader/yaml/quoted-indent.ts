import { type Document, visit } from 'yaml';

/**
 * GitHub's YAML parser reads a quoted scalar to its closing quote whatever the indentation of its further lines; the `yaml`
 * package ends it at a line that is not indented enough. White space at the start of such a line has no meaning, so it
 * is widened here. Returns the text itself if there is nothing to widen.
 */
export function indentQuotedScalars(text: string, documents: Document.Parsed[]): string {
  if (!documents.some((document) => document.errors.some((error) => error.code === 'MISSING_CHAR')))
    return text;
  const breaks = new Set<number>();
  for (const start of quoteStarts(documents)) {
    const end = closingQuote(text, start);
    for (let at = text.indexOf('\n', start); at >= 0 && at < end; at = text.indexOf('\n', at + 1))
      breaks.add(at + 1);
  }
  if (breaks.size === 0) return text;
  let widened = '';
  let from = 0;
  for (const at of [...breaks].sort((a, b) => a - b)) {
    widened += text.slice(from, at) + margin;
    from = at;
  }
  return widened + text.slice(from);
}

/** Where the first quote begins that nothing closes. */
export function unclosedQuote(text: string, documents: Document.Parsed[]): number | undefined {
  return quoteStarts(documents).find((start) => closingQuote(text, start) < 0);
}

function quoteStarts(documents: Document.Parsed[]): number[] {
  const starts: number[] = [];
  for (const document of documents) {
    visit(document, {
      Scalar(_, { type, range }) {
        if (range && (type === 'QUOTE_DOUBLE' || type === 'QUOTE_SINGLE')) starts.push(range[0]);
      },
    });
  }
  return starts;
}

/** Deeper than any node that GitHub reads can be. */
const margin = ' '.repeat(120);

function closingQuote(text: string, start: number): number {
  const quote = text[start];
  for (let i = start + 1; i < text.length; i++) {
    if (quote === '"' && text[i] === '\\') i++;
    else if (text[i] === quote) {
      if (quote === "'" && text[i + 1] === "'") i++;
      else return i;
    }
  }
  return -1;
}
