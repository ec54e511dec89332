import {
  ContextAccess,
  type Expr,
  FunctionCall,
  Grouping,
  IndexAccess,
  Literal,
} from '@actions/expressions/ast';
import type { Position } from '../model/diagnostic.ts';
import type { ExpressionTemplate, Template } from '../model/template.ts';
import { statusFunctions } from './functions.ts';
import { parseExpression } from './parse.ts';
import { childrenOf, literalValue } from './tree.ts';

/** Something that an expression reads. */
export interface Reference {
  /**
   * Context and properties as written, e.g. `['needs', 'build', 'outputs', 'tag']`; `*` is a filter or a key that only
   * evaluation knows.
   */
  path: string[];
  /** Where the expression stands. */
  at: Position;
}

/** Everything that the expressions of a template may read, in their order. Throws ExpressionError for one that can't be parsed. */
export function referencesOf(template: Template): Reference[] {
  return expressionsOf(template).flatMap(({ source, at }) =>
    collectPaths(parseExpression(source)).map((path) => ({ path, at })),
  );
}

/** Whether an `if` asks how things went so far, and so gets no implicit `success()`. */
export function isStatusFunctionUsed(source: string): boolean {
  return callsAny(parseExpression(source), statusFunctions);
}

/** All expressions of a template, keys of mappings included. */
function expressionsOf(template: Template): ExpressionTemplate[] {
  switch (template.kind) {
    case 'literal':
      return [];
    case 'expression':
      return [template];
    case 'sequence':
      return template.items.flatMap(expressionsOf);
    case 'mapping':
      return template.entries.flatMap(({ key, value }) => [
        ...(key.kind === 'insert' ? [] : expressionsOf(key)),
        ...expressionsOf(value),
      ]);
  }
}

function collectPaths(expr: Expr): string[][] {
  const path = pathOf(expr);
  if (path !== undefined) return [path, ...indexesOf(expr).flatMap(collectPaths)];
  return childrenOf(expr).flatMap(collectPaths);
}

/** Only a chain that begins with a context is a path: `fromJSON(x).y` reads what `x` reads. */
function pathOf(expr: Expr): string[] | undefined {
  if (expr instanceof Grouping) return pathOf(expr.group);
  if (expr instanceof ContextAccess) return [expr.name.lexeme];
  const start = expr instanceof IndexAccess ? pathOf(expr.expr) : undefined;
  return start === undefined ? undefined : [...start, keyOf((expr as IndexAccess).index)];
}

function keyOf(index: Expr): string {
  return index instanceof Literal ? String(literalValue(index)) : '*';
}

/** Keys that are expressions themselves: `matrix[inputs.key]` reads `inputs.key`, too. */
function indexesOf(expr: Expr): Expr[] {
  if (expr instanceof Grouping) return indexesOf(expr.group);
  return expr instanceof IndexAccess ? [...indexesOf(expr.expr), expr.index] : [];
}

function callsAny(expr: Expr, names: readonly string[]): boolean {
  if (expr instanceof FunctionCall && names.includes(expr.functionName.lexeme.toLowerCase())) return true;
  return childrenOf(expr).some((child) => callsAny(child, names));
}
