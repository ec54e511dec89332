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
import { TokenType } from '@actions/expressions/lexer';
import { accessAll, accessIndex, type KeyCase } from './access.ts';
import { isTruthy } from './coercion.ts';
import { looselyAtMost, looselyEqual, looselyLess } from './comparison.ts';
import { readContext } from './context.ts';
import type { Node } from './frame.ts';
import { functions } from './functions.ts';
import { parseExpression } from './parse.ts';
import { literalValue } from './tree.ts';
import type { Value } from './value.ts';

/** More sources than any workflow has; bounds what a long-lived server keeps. */
const maxKept = 5_000;

const kept = new Map<string, Node>();

/** The expression as a function over plain data; parsed once for each source. Throws ExpressionError. */
export function compileExpression(source: string): Node {
  const known = kept.get(source);
  if (known !== undefined) return known;
  const node = compile(parseExpression(source));
  if (kept.size >= maxKept) kept.clear();
  kept.set(source, node);
  return node;
}

function compile(expr: Expr): Node {
  if (expr instanceof Grouping) return compile(expr.group);
  if (expr instanceof Literal) return compileLiteral(expr);
  if (expr instanceof ContextAccess) return compileContext(expr);
  if (expr instanceof IndexAccess) return compileAccess(expr);
  if (expr instanceof FunctionCall) return compileCall(expr);
  if (expr instanceof Logical) return compileLogical(expr);
  if (expr instanceof Binary) return compileBinary(expr);
  if (expr instanceof Unary) return compileNot(expr);
  throw new Error(`No such kind of expression: ${expr.constructor.name}`);
}

function compileLiteral(literal: Literal): Node {
  const value = literalValue(literal)!;
  return () => value;
}

function compileContext({ name }: ContextAccess): Node {
  const lowerName = name.lexeme.toLowerCase();
  return (frame) => readContext(lowerName, name.lexeme, frame);
}

function compileAccess({ expr, index }: IndexAccess): Node {
  const target = compile(expr);
  if (index instanceof Star) return (frame) => accessAll(target(frame), frame);
  const key = compile(index);
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

function compileCall({ functionName, args }: FunctionCall): Node {
  const definition = functions.get(functionName.lexeme.toLowerCase())!;
  const nodes = args.map((arg) => compile(arg));
  return (frame) => definition.call(nodes, frame);
}

/** `&&` and `||` yield the operand that decided, not a boolean. */
function compileLogical({ operator, args }: Logical): Node {
  const nodes = args.map((arg) => compile(arg));
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

function compileBinary({ left, operator, right }: Binary): Node {
  const compare = comparisons.get(operator.type)!;
  const leftNode = compile(left);
  const rightNode = compile(right);
  return (frame) => {
    const value = leftNode(frame);
    return compare(value, rightNode(frame));
  };
}

function compileNot({ expr }: Unary): Node {
  const operand = compile(expr);
  return (frame) => !isTruthy(operand(frame));
}
