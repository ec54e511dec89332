import {
  Binary,
  ContextAccess,
  type Expr,
  FunctionCall,
  Grouping,
  IndexAccess,
  Literal,
  Logical,
  Star,
  Unary,
} from '@actions/expressions/ast';
import { type Token, TokenType } from '@actions/expressions/lexer';
import { accessAll, accessIndex, type KeyCase } from './access.ts';
import { isTruthy } from './coercion.ts';
import { looselyAtMost, looselyEqual, looselyLess } from './comparison.ts';
import { readContext } from './context.ts';
import { ExpressionError } from './expression-error.ts';
import type { Node } from './frame.ts';
import { functions } from './functions.ts';
import { parseNumber } from './number-text.ts';
import { parseExpression } from './parse.ts';
import type { Value } from './value.ts';

/** GitHub's limit of an expression's depth. @see actions/runner, src/Sdk/Expressions/ExpressionConstants.cs */
const maxDepth = 50;
/** More sources than any workflow has; bounds what a long-lived server keeps. */
const maxKept = 5_000;

const kept = new Map<string, Node>();

/** The expression as a function over plain data; parsed once for each source. Throws ExpressionError. */
export function compileExpression(source: string): Node {
  const known = kept.get(source);
  if (known !== undefined) return known;
  const node = compile(parseExpression(source), { source, depth: 1 });
  if (kept.size >= maxKept) kept.clear();
  kept.set(source, node);
  return node;
}

interface Place {
  source: string;
  depth: number;
}

function compile(expr: Expr, place: Place): Node {
  if (place.depth > maxDepth) {
    throw new ExpressionError(
      `The expression is nested more than ${maxDepth} levels deep: ${place.source}`,
      place.source,
    );
  }
  if (expr instanceof Grouping) return compile(expr.group, place);
  const inner = { source: place.source, depth: place.depth + 1 };
  if (expr instanceof Literal) return compileLiteral(expr, place);
  if (expr instanceof ContextAccess) return compileContext(expr);
  if (expr instanceof IndexAccess) return compileAccess(expr, inner);
  if (expr instanceof FunctionCall) return compileCall(expr, inner);
  if (expr instanceof Logical) return compileLogical(expr, inner);
  if (expr instanceof Binary) return compileBinary(expr, inner);
  if (expr instanceof Unary) return compileNot(expr, inner);
  throw new Error(`No such kind of expression: ${expr.constructor.name}`);
}

/** GitHub's lexer unescapes only the first `''` of a string and reads numbers by JavaScript's rules: read the lexeme anew. */
function compileLiteral({ token }: Literal, { source }: Place): Node {
  const value = literalValue(token);
  if (token.type === TokenType.NUMBER && Number.isNaN(value) && token.lexeme !== 'NaN') {
    throw new ExpressionError(`'${token.lexeme}' is not a number in expression: ${source}`, source);
  }
  return () => value;
}

function literalValue(token: Token): Value {
  switch (token.type) {
    case TokenType.TRUE:
      return true;
    case TokenType.FALSE:
      return false;
    case TokenType.NULL:
      return null;
    case TokenType.NUMBER:
      return parseNumber(token.lexeme);
    case TokenType.STRING:
      return token.lexeme.slice(1, -1).replaceAll("''", "'");
    default:
      return token.lexeme;
  }
}

function compileContext({ name }: ContextAccess): Node {
  const lowerName = name.lexeme.toLowerCase();
  return (frame) => readContext(lowerName, name.lexeme, frame);
}

function compileAccess({ expr, index }: IndexAccess, place: Place): Node {
  const target = compile(expr, place);
  if (index instanceof Star) return (frame) => accessAll(target(frame), frame);
  const key = compile(index, place);
  const keyCase = keyCaseOf(expr);
  return (frame) => {
    const value = target(frame);
    return accessIndex(value, key(frame), keyCase, frame);
  };
}

/** Names of environment variables keep case apart, as on GitHub's Linux and macOS runners. */
function keyCaseOf(target: Expr): KeyCase {
  if (target instanceof Grouping) return keyCaseOf(target.group);
  return target instanceof ContextAccess && target.name.lexeme.toLowerCase() === 'env' ? 'exact' : 'ignored';
}

function compileCall({ functionName, args }: FunctionCall, place: Place): Node {
  const definition = functions.get(functionName.lexeme.toLowerCase())!;
  const nodes = args.map((arg) => compile(arg, place));
  return (frame) => definition.call(nodes, frame);
}

/** `&&` and `||` yield the operand that decided, not a boolean. */
function compileLogical({ operator, args }: Logical, place: Place): Node {
  const nodes = args.map((arg) => compile(arg, place));
  const decisive = operator.type === TokenType.OR;
  return (frame) => {
    let value: Value = null;
    for (const node of nodes) {
      value = node(frame);
      if (isTruthy(value) === decisive) break;
    }
    return value;
  };
}

const comparisons = new Map<TokenType, (left: Value, right: Value) => boolean>([
  [TokenType.EQUAL_EQUAL, looselyEqual],
  [TokenType.BANG_EQUAL, (left, right) => !looselyEqual(left, right)],
  [TokenType.LESS, looselyLess],
  [TokenType.LESS_EQUAL, looselyAtMost],
  [TokenType.GREATER, (left, right) => looselyLess(right, left)],
  [TokenType.GREATER_EQUAL, (left, right) => looselyAtMost(right, left)],
]);

function compileBinary({ left, operator, right }: Binary, place: Place): Node {
  const compare = comparisons.get(operator.type)!;
  const leftNode = compile(left, place);
  const rightNode = compile(right, place);
  return (frame) => {
    const value = leftNode(frame);
    return compare(value, rightNode(frame));
  };
}

function compileNot({ expr }: Unary, place: Place): Node {
  const operand = compile(expr, place);
  return (frame) => !isTruthy(operand(frame));
}
