import type { Expr } from '@actions/expressions/ast';
import type { TemplateToken } from '@actions/workflow-parser/templates/tokens/index';
import {
  BasicExpressionToken,
  TemplateToken as Tokens,
} from '@actions/workflow-parser/templates/tokens/index';
import { parseExpression } from '../../expressions/parse.ts';
import type { Position } from '../../model/diagnostic.ts';
import type { OpenDocument } from '../../reader/read-document.ts';
import { type NodePath, pathOf } from '../../reader/schema/definition-paths.ts';
import type { YamlEvent } from '../../reader/yaml/node-events.ts';

/** One expression of a file, as it is written. */
export interface LocatedExpression {
  /** Without `${{ }}` and the white space around it. */
  source: string;
  tree: Expr;
  /** Of the value it stands in. */
  path: NodePath;
  /** The whole value, `${{ }}` included. */
  text: string;
  /** Where the value begins. */
  valueAt: Position;
  /** Whether the value is this expression and nothing else. */
  isWhole: boolean;
  /** Whether it is the condition of an `if`. */
  isCondition: boolean;
  /** The place of a character of `source`. */
  place(offset: number): Position;
}

/** All expressions that can be parsed, in the order of the file; an `if` without `${{ }}` is one as a whole. */
export function locateExpressions(document: OpenDocument): LocatedExpression[] {
  const found: LocatedExpression[] = [];
  for (const [, token] of Tokens.traverse(document.tokens)) {
    const located = isExpression(token) ? fromToken(document, token) : fromCondition(document, token);
    found.push(...located);
  }
  return found;
}

function isExpression(token: TemplateToken): token is BasicExpressionToken {
  return token instanceof BasicExpressionToken;
}

function fromToken(document: OpenDocument, token: BasicExpressionToken): LocatedExpression[] {
  return (token.originalExpressions ?? [token]).flatMap((part) => {
    const { line: index = 0, column: opening = 0 } = part.range?.start ?? {};
    const text = valueText(document.events[index]);
    const lead = /^\$\{\{\s*/.exec(text.slice(opening))?.[0].length ?? 0;
    const isWhole = token.originalExpressions === undefined && opening === 0;
    return locate(document, { index, text, source: part.expression, start: opening + lead, isWhole });
  });
}

function fromCondition(document: OpenDocument, token: TemplateToken): LocatedExpression[] {
  const index = token.range?.start.line ?? -1;
  const event = document.events[index];
  if (event?.kind !== 'scalar' || event.step !== 'if') return [];
  const text = valueText(event);
  if (text.trim() === '' || text.includes('${{')) return [];
  const start = text.length - text.trimStart().length;
  return locate(document, { index, text, source: text.trim(), start, isWhole: true });
}

interface Found {
  index: number;
  text: string;
  source: string;
  /** Offset of `source` in `text`. */
  start: number;
  isWhole: boolean;
}

function locate(document: OpenDocument, { index, text, source, start, isWhole }: Found): LocatedExpression[] {
  const tree = parse(source);
  if (!tree) return [];
  const path = pathOf(document.events, index);
  return [
    {
      source,
      tree,
      path,
      text,
      valueAt: document.locate(index, 0),
      isWhole,
      isCondition: path.at(-1) === 'if',
      place: (offset) => document.locate(index, start + offset),
    },
  ];
}

function parse(source: string): Expr | undefined {
  try {
    return parseExpression(source);
  } catch {
    // The reader has reported it.
    return undefined;
  }
}

function valueText(event: YamlEvent | undefined): string {
  return event?.kind === 'scalar' || event?.kind === 'key' ? String(event.value ?? '') : '';
}
