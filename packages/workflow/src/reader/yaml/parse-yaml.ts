import { type Document, LineCounter, type Node, parseAllDocuments, type YAMLParseError } from 'yaml';
import type { Findings } from '../findings.ts';
import type { ReaderLimits } from '../limits.ts';
import { indentQuotedScalars, unclosedQuote } from './quoted-indent.ts';

/** A YAML document as nodes; values are still strings, because GitHub's scalar rules are applied later. */
export interface YamlText {
  /** The text that the nodes' ranges refer to. */
  text: string;
  lines: LineCounter;
  root: Node;
}

const options = {
  version: '1.2',
  schema: 'failsafe',
  resolveKnownTags: false,
  merge: false,
  // The template reader compares keys, ignoring case.
  uniqueKeys: false,
  // What libyaml's descendants accept: a comment right after `]`, a closing bracket at its key's column.
  strict: false,
  keepSourceTokens: true,
  prettyErrors: false,
  logLevel: 'silent',
} as const;

/** Undefined, with findings, if the text is not one YAML document. */
export function parseYaml(content: string, findings: Findings, limits: ReaderLimits): YamlText | undefined {
  if (content.length > limits.maxFileLength) {
    findings.add({
      at: { line: 1, column: 1 },
      code: 'file-too-large',
      message: `The file has ${content.length} characters; GitHub reads ${limits.maxFileLength} at most.`,
      mend: 'Split the file, or move scripts into files of their own.',
    });
    return undefined;
  }
  let parsed = parseOnce(content);
  const indented = indentQuotedScalars(content, parsed.documents);
  if (indented !== content) parsed = parseOnce(indented);
  const { documents, lines, text } = parsed;
  const errors = documents.flatMap((document) => document.errors);
  if (errors.length > 0) {
    reportSyntax(errors, parsed, findings);
    return undefined;
  }
  const root = documents[0]?.contents;
  if (!root || isBlank(root, text)) {
    findings.add({
      at: { line: 1, column: 1 },
      code: 'empty-file',
      message: 'The file is empty.',
      mend: 'Write at least the required keys (a workflow: `on` and `jobs`; an action: `name` and `runs`), or remove the file.',
    });
    return undefined;
  }
  if (documents.length > 1) {
    const { line, col } = lines.linePos(documents[1]!.range[0]);
    findings.add({
      at: { line, column: col },
      code: 'yaml-multiple-documents',
      message: 'The file holds more than one YAML document.',
      mend: 'Remove the `---` line between them, or move the second document into a file of its own.',
    });
    return undefined;
  }
  return { text, lines, root };
}

interface ParsedDocuments {
  text: string;
  lines: LineCounter;
  documents: Document.Parsed[];
}

function parseOnce(text: string): ParsedDocuments {
  const lines = new LineCounter();
  const documents = parseAllDocuments(text, { ...options, lineCounter: lines });
  return { text, lines, documents: Array.isArray(documents) ? documents : [] };
}

function isBlank(root: Node, text: string): boolean {
  return (
    root.range !== null && root.range !== undefined && text.slice(root.range[0], root.range[1]).trim() === ''
  );
}

/** One error often brings others after it, so only the first is told; tabs are told all, they are independent. */
function reportSyntax(
  errors: YAMLParseError[],
  { text, lines, documents }: ParsedDocuments,
  findings: Findings,
): void {
  const tabs = errors.filter((error) => error.code === 'TAB_AS_INDENT');
  for (const error of tabs.length > 0 ? tabs : errors.slice(0, 1)) {
    const isQuote = error.code === 'MISSING_CHAR' && error.message.includes('quote');
    const start = isQuote ? unclosedQuote(text, documents) : undefined;
    const { line, col } = lines.linePos(start ?? error.pos[0]);
    findings.add({
      at: { line, column: col },
      code: error.code === 'TAB_AS_INDENT' ? 'yaml-tab' : 'yaml-syntax',
      message: `${error.message.replaceAll(/"quote|'quote/g, (quote) => `${quote[0]} quote`)}.`,
      mend:
        syntaxMends[error.code] ?? 'Compare the indentation and the quotes of this line with those above it.',
    });
  }
}

const syntaxMends: Partial<Record<YAMLParseError['code'], string>> = {
  TAB_AS_INDENT: 'Replace the tab by spaces.',
  BLOCK_AS_IMPLICIT_KEY: 'Put quotes around the value: it contains a colon followed by a space.',
  BAD_SCALAR_START: 'Put quotes around the value.',
  BAD_DQ_ESCAPE: 'Write the backslash twice, or use single quotes.',
  BAD_INDENT: 'Give all keys of a mapping the same indentation, and close brackets within it.',
  BAD_ALIAS: 'Write a name after `&` or `*`, or put quotes around the value.',
  MISSING_CHAR: 'Close the quote or bracket, or put a colon and a space after the key.',
};
