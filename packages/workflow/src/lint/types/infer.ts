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
import { literalValue } from '../../expressions/tree.ts';
import {
  anyType,
  booleanType,
  type ExpressionType,
  eitherOf,
  typeOfValue,
  typeWords,
} from './expression-type.ts';
import { inferCall } from './infer-call.ts';
import { inferProperty } from './infer-property.ts';
import { isComparable } from './signatures.ts';

/** Something that is wrong with the types of an expression. */
export interface TypeProblem {
  code: 'unknown-property' | 'type-mismatch' | 'invalid-comparison' | 'invalid-format';
  message: string;
  mend?: string;
  /** Of the character in the expression's source that it is about. */
  offset: number;
}

/** What inference needs: the types of the contexts, by lower-case name, and somewhere to put problems. */
export interface Inference {
  source: string;
  contexts: Readonly<Record<string, ExpressionType>>;
  report(problem: TypeProblem): void;
}

/** The type of an expression's value. A context that has no type may be anything. */
export function infer(inference: Inference, expr: Expr): ExpressionType {
  if (expr instanceof Literal) return typeOfValue(literalValue(expr));
  if (expr instanceof Grouping) return infer(inference, expr.group);
  if (expr instanceof ContextAccess) return inference.contexts[expr.name.lexeme.toLowerCase()] ?? anyType;
  if (expr instanceof FunctionCall) return inferCall(inference, expr);
  if (expr instanceof IndexAccess) return inferIndex(inference, expr);
  if (expr instanceof Binary) return inferBinary(inference, expr);
  if (expr instanceof Logical) return inferLogical(inference, expr);
  if (expr instanceof Unary) infer(inference, expr.expr);
  return expr instanceof Unary ? booleanType : anyType;
}

function inferIndex(inference: Inference, expr: IndexAccess): ExpressionType {
  const owner = infer(inference, expr.expr);
  const { index } = expr;
  if (index instanceof Star) return filterOf(owner);
  const offset = offsetOf(inference.source, expr);
  const key = index instanceof Literal ? literalValue(index) : undefined;
  // A number names a property as its text: `ports[5432]`.
  if (typeof key === 'string' || (typeof key === 'number' && owner.kind !== 'array')) {
    return inferProperty(inference, owner, { name: String(key), offset });
  }
  const keyType = infer(inference, index);
  if (owner.kind !== 'array') return (owner.kind === 'object' && owner.rest) || anyType;
  if (keyType.kind === 'string') {
    const message = `An array is indexed by a number, not by ${typeWords(keyType)}.`;
    inference.report({ code: 'type-mismatch', message, offset });
  }
  return owner.item;
}

/** `.*`: the items of an array, or the values of an object. */
function filterOf(owner: ExpressionType): ExpressionType {
  if (owner.kind === 'array') return { kind: 'array', item: owner.item, isFilter: true };
  if (owner.kind !== 'object') return { kind: 'array', item: anyType, isFilter: true };
  const values = [...owner.properties.values(), ...(owner.rest ? [owner.rest] : [])];
  const [first = anyType, ...others] = values;
  return { kind: 'array', item: others.reduce(eitherOf, first), isFilter: true };
}

function inferBinary(inference: Inference, { left, operator, right }: Binary): ExpressionType {
  const leftType = infer(inference, left);
  const rightType = infer(inference, right);
  if (!isComparable(leftType, rightType, operator.lexeme)) {
    inference.report({
      code: 'invalid-comparison',
      message: `Comparing ${typeWords(leftType)} with ${typeWords(rightType)} by \`${operator.lexeme}\` is never meaningful.`,
      offset: tokenOffset(inference.source, operator),
    });
  }
  return booleanType;
}

/** `a && b || c` is used as a choice, so that the value is one of the operands. */
function inferLogical(inference: Inference, { args, operator }: Logical): ExpressionType {
  const types = args.map((arg) => infer(inference, arg));
  const last = types.at(-1) ?? anyType;
  if (operator.lexeme === '&&')
    return types.every(({ kind }) => kind === 'boolean') ? booleanType : orFalse(last);
  return types.reduce(eitherOf);
}

/** The value of `condition && value` may be the condition's, too; what is not a scalar then is not known. */
function orFalse(type: ExpressionType): ExpressionType {
  return type.kind === 'string' || type.kind === 'number'
    ? anyType
    : type.kind === 'boolean'
      ? booleanType
      : anyType;
}

interface PlacedToken {
  range: { start: { line: number; column: number } };
}

export function tokenOffset(source: string, { range }: PlacedToken): number {
  let start = 0;
  for (let line = 0; line < range.start.line; line++) start = source.indexOf('\n', start) + 1;
  return start + range.start.column;
}

/** Where a part of an expression begins. */
export function offsetOf(source: string, expr: Expr): number {
  if (expr instanceof IndexAccess) {
    const { index } = expr;
    return index instanceof Literal ? tokenOffset(source, index.token) : offsetOf(source, expr.expr);
  }
  if (expr instanceof ContextAccess) return tokenOffset(source, expr.name);
  if (expr instanceof FunctionCall) return tokenOffset(source, expr.functionName);
  if (expr instanceof Literal) return tokenOffset(source, expr.token);
  if (expr instanceof Grouping) return offsetOf(source, expr.group);
  if (expr instanceof Binary) return offsetOf(source, expr.left);
  if (expr instanceof Logical) return expr.args[0] ? offsetOf(source, expr.args[0]) : 0;
  return expr instanceof Unary ? tokenOffset(source, expr.operator) : 0;
}
