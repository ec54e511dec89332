import { type Document, isAlias, LineCounter, type Node, parseAllDocuments } from 'yaml';
import type { Position } from '../diagnostic.ts';
import type { Findings } from './findings.ts';

/** A value of the file with its place. */
export interface Place {
  /** Null where a key has no value. */
  node: Node | null;
  at: Position;
  /** How a person calls it, e.g. `environments.production.bake`. */
  path: string;
}

/** What readers of values need besides the value. */
export interface Reading {
  findings: Findings;
  /** The place of a value below one that is being read; aliases are followed. */
  below(parent: Place, name: string, node: Node | null, keyAt?: Position): Place;
  positionOf(node: Node): Position;
}

/** Undefined, with findings, if the text is not one YAML document. */
export function openYaml(content: string, findings: Findings): { root: Place; reading: Reading } | undefined {
  const lines = new LineCounter();
  const parsed = parseAllDocuments(content, { lineCounter: lines, prettyErrors: false, logLevel: 'silent' });
  const documents: Document.Parsed[] = Array.isArray(parsed) ? parsed : [];
  const positionAt = (offset: number): Position => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
  // One error often brings others after it.
  const error = documents.flatMap(({ errors }) => errors)[0];
  if (error) {
    findings.add({
      at: positionAt(error.pos[0]),
      code: 'yaml-syntax',
      message: `${error.message}.`,
      mend:
        syntaxMends[error.code] ?? 'Compare the indentation and the quotes of this line with those above it.',
    });
    return undefined;
  }
  const [document, second] = documents;
  if (second) {
    findings.add({
      at: positionAt(second.range[0]),
      code: 'yaml-syntax',
      message: 'The file holds more than one YAML document.',
      mend: 'Remove the `---` line between them.',
    });
    return undefined;
  }
  const positionOf = (node: Node): Position => positionAt(node.range?.[0] ?? 0);
  const follow = (node: Node | null): Node | null =>
    isAlias(node) && document ? (node.resolve(document) ?? null) : node;
  return {
    root: { node: document?.contents ?? null, at: { line: 1, column: 1 }, path: '' },
    reading: {
      findings,
      positionOf,
      below: (parent, name, node, keyAt) => ({
        node: follow(node),
        at: node === null ? (keyAt ?? parent.at) : positionOf(node),
        path: parent.path === '' ? name : `${parent.path}.${name}`,
      }),
    },
  };
}

const syntaxMends: Partial<Record<string, string>> = {
  TAB_AS_INDENT: 'Replace the tab by spaces.',
  DUPLICATE_KEY: 'Remove one of the two, or give it another name.',
  BLOCK_AS_IMPLICIT_KEY: 'Put quotes around the value: it contains a colon followed by a space.',
  MISSING_CHAR: 'Close the quote or bracket, or put a colon and a space after the key.',
  BAD_INDENT: 'Give all keys of a mapping the same indentation.',
};
