import {
  Binary,
  type Expr,
  FunctionCall,
  Grouping,
  IndexAccess,
  type Literal,
  Logical,
  Unary,
} from '@actions/expressions/ast';
import { TokenType } from '@actions/expressions/lexer';
import { parseNumber } from './number-text.ts';
import type { Value } from './value.ts';

/** The operands, arguments or keys of a part of an expression; `.*` is one, a context and a literal have none. */
export function childrenOf(expr: Expr): Expr[] {
  if (expr instanceof Grouping) return [expr.group];
  if (expr instanceof IndexAccess) return [expr.expr, expr.index];
  if (expr instanceof FunctionCall || expr instanceof Logical) return expr.args;
  if (expr instanceof Binary) return [expr.left, expr.right];
  return expr instanceof Unary ? [expr.expr] : [];
}

/**
 * The value that a literal writes. It is read anew from the token: GitHub's lexer for TypeScript unescapes only the first `''`
 * of a string and takes JavaScript's numbers for GitHub's. A number that is none on GitHub is undefined.
 */
export function literalValue({ token }: Literal): Value | undefined {
  switch (token.type) {
    case TokenType.TRUE:
      return true;
    case TokenType.FALSE:
      return false;
    case TokenType.NULL:
      return null;
    case TokenType.NUMBER: {
      const value = parseNumber(token.lexeme);
      return Number.isNaN(value) && token.lexeme !== 'NaN' ? undefined : value;
    }
    case TokenType.STRING:
      return token.lexeme.slice(1, -1).replaceAll("''", "'");
    default:
      return token.lexeme;
  }
}
