import { type FunctionCall, Literal } from '@actions/expressions/ast';
import { literalValue } from '../../expressions/tree.ts';
import { anyType, type ExpressionType, eitherOf, typeOfValue, typeWords } from './expression-type.ts';
import { type Inference, infer, offsetOf, tokenOffset } from './infer.ts';
import { acceptsArgument, signatures } from './signatures.ts';

/** The type of a function's result; the arguments' types are checked on the way. */
export function inferCall(inference: Inference, call: FunctionCall): ExpressionType {
  const name = call.functionName.lexeme.toLowerCase();
  const types = call.args.map((arg) => infer(inference, arg));
  const signature = signatures[name];
  if (!signature) return anyType;
  for (const [i, type] of types.entries()) {
    const parameter = signature.parameters[i] ?? signature.parameters.at(-1) ?? 'any';
    if (acceptsArgument(parameter, type)) continue;
    inference.report({
      code: 'type-mismatch',
      message: `Argument ${i + 1} of \`${call.functionName.lexeme}\` is ${typeWords(type)}, which becomes no text.`,
      offset: call.args[i] ? offsetOf(inference.source, call.args[i]) : 0,
    });
  }
  if (name === 'format') checkFormat(inference, call);
  if (name === 'fromjson') return typeOfJson(call);
  if (name === 'case') return typeOfCase(types);
  return signature.result;
}

/** `case(condition, value, …, otherwise)`. */
function typeOfCase(types: ExpressionType[]): ExpressionType {
  const values = types.filter((_, i) => i % 2 === 1 || i === types.length - 1);
  const [first = anyType, ...others] = values;
  return others.reduce(eitherOf, first);
}

function typeOfJson({ args: [text] }: FunctionCall): ExpressionType {
  const json = text instanceof Literal ? literalValue(text) : undefined;
  if (typeof json !== 'string') return anyType;
  try {
    return typeOfValue(JSON.parse(json));
  } catch {
    return anyType;
  }
}

/** A placeholder without an argument fails the evaluation. */
function checkFormat(inference: Inference, call: FunctionCall): void {
  const [pattern] = call.args;
  const text = pattern instanceof Literal ? literalValue(pattern) : undefined;
  if (typeof text !== 'string') return;
  const given = call.args.length - 1;
  const asked = [...text.replaceAll(/\{\{|\}\}/g, '').matchAll(/\{(\d+)\}/g)].map(([, index]) =>
    Number(index),
  );
  const most = Math.max(-1, ...asked);
  if (most < given) return;
  inference.report({
    code: 'invalid-format',
    message: `The text asks for argument {${most}}, but \`format\` gets ${given} after it.`,
    offset: tokenOffset(inference.source, call.functionName),
  });
}
