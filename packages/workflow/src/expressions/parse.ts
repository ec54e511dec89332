import { type Expr, Grouping, Literal } from '@actions/expressions/ast';
import { ExpressionError as ParserError } from '@actions/expressions/errors';
import { Lexer, type Token, TokenType } from '@actions/expressions/lexer';
import { Parser } from '@actions/expressions/parser';
import { nearestName } from '../model/nearest-name.ts';
import { ExpressionError, quoteSource } from './expression-error.ts';
import { functions } from './functions.ts';
import { childrenOf, literalValue } from './tree.ts';

/** GitHub's limit of an expression's length, in characters. */
const maxExpressionLength = 21_000;
/** GitHub's limit of an expression's depth. @see actions/runner, src/Sdk/Expressions/ExpressionConstants.cs */
const maxDepth = 50;

/**
 * Parses with GitHub's own parser. Every name is taken for a context: which of them exist is the scope's matter, at
 * evaluation, so that what was parsed holds for all scopes. Throws ExpressionError.
 */
export function parseExpression(source: string): Expr {
  if (source.length > maxExpressionLength) {
    throw new ExpressionError(`The expression is longer than ${maxExpressionLength} characters`, source);
  }
  const tokens = tokenize(source);
  if (tokens.length === 1) throw new ExpressionError('An expression was expected, there is none', source);
  refuseUnknownFunctions(tokens, source);
  const expr = parseTokens(tokens, source);
  checkTree(expr, 1, source);
  return expr;
}

function parseTokens(tokens: Token[], source: string): Expr {
  try {
    return new Parser(tokens, contextNames(tokens), [...functions.values()]).parse();
  } catch (error) {
    throw describeParserError(error, source);
  }
}

/** What GitHub's parser for TypeScript lets pass: chains of operators and numbers of JavaScript. Brackets add no depth. */
function checkTree(expr: Expr, depth: number, source: string): void {
  if (depth > maxDepth) {
    throw new ExpressionError(
      `The expression is nested more than ${maxDepth} levels deep: ${quoteSource(source)}`,
      source,
    );
  }
  if (expr instanceof Literal && literalValue(expr) === undefined) {
    throw new ExpressionError(
      `'${expr.token.lexeme}' is not a number in expression: ${quoteSource(source)}`,
      source,
    );
  }
  for (const child of childrenOf(expr))
    checkTree(child, expr instanceof Grouping ? depth : depth + 1, source);
}

function tokenize(source: string): Token[] {
  try {
    return new Lexer(source).lex().tokens;
  } catch (error) {
    throw new ExpressionError((error as Error).message, source);
  }
}

function contextNames(tokens: Token[]): string[] {
  return tokens.filter((token) => token.type === TokenType.IDENTIFIER).map((token) => token.lexeme);
}

function refuseUnknownFunctions(tokens: Token[], source: string): void {
  for (const [i, token] of tokens.entries()) {
    const isCall = token.type === TokenType.IDENTIFIER && tokens[i + 1]?.type === TokenType.LEFT_PAREN;
    if (!isCall || tokens[i - 1]?.type === TokenType.DOT || functions.has(token.lexeme.toLowerCase()))
      continue;
    const names = [...functions.values()].map((known) => known.name);
    const guess = nearestName(token.lexeme, names);
    const mend = guess === undefined ? `the functions are ${names.join(', ')}` : `did you mean '${guess}'?`;
    throw new ExpressionError(
      `Unknown function '${token.lexeme}' in expression: ${quoteSource(source)}; ${mend}`,
      source,
    );
  }
}

function describeParserError(error: unknown, source: string): unknown {
  if (!(error instanceof ParserError)) return error;
  const { line, column } = error.pos;
  const place = line === 0 ? `position ${column + 1}` : `line ${line + 1}, position ${column + 1}`;
  return new ExpressionError(`${error.message} at ${place} in expression: ${quoteSource(source)}`, source);
}
