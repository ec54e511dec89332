import type {
  MappingToken,
  SequenceToken,
  TemplateToken,
} from '@actions/workflow-parser/templates/tokens/index';
import {
  BasicExpressionToken,
  BooleanToken,
  InsertExpressionToken,
  NumberToken,
  StringToken,
} from '@actions/workflow-parser/templates/tokens/index';
import { isMapping, isSequence } from '@actions/workflow-parser/templates/tokens/type-guards';
import type { Position } from '../model/diagnostic.ts';
import type { ExpressionTemplate, LiteralTemplate, MappingEntry, Template } from '../model/template.ts';

export type Locate = (event: number, offset: number) => Position;

/** GitHub's token tree as plain data, with true places in the file. */
export function toTemplate(token: TemplateToken, locate: Locate): Template {
  if (isMapping(token))
    return { kind: 'mapping', entries: entriesOf(token, locate), at: placeOf(token, locate) };
  if (isSequence(token))
    return { kind: 'sequence', items: itemsOf(token, locate), at: placeOf(token, locate) };
  return toScalar(token, locate);
}

function entriesOf(mapping: MappingToken, locate: Locate): MappingEntry[] {
  const entries: MappingEntry[] = [];
  for (const { key, value } of mapping) {
    const at = placeOf(key, locate);
    const isInsert = key instanceof InsertExpressionToken;
    entries.push({
      key: isInsert ? { kind: 'insert', at } : toScalar(key, locate),
      value: toTemplate(value, locate),
    });
  }
  return entries;
}

function itemsOf(sequence: SequenceToken, locate: Locate): Template[] {
  const items: Template[] = [];
  for (const item of sequence) items.push(toTemplate(item, locate));
  return items;
}

function toScalar(token: TemplateToken, locate: Locate): LiteralTemplate | ExpressionTemplate {
  const at = placeOf(token, locate);
  if (token instanceof BasicExpressionToken) return { kind: 'expression', source: token.expression, at };
  if (token instanceof StringToken || token instanceof BooleanToken)
    return { kind: 'literal', value: token.value, at };
  if (token instanceof NumberToken) {
    // JSON, in which models are cached, has no infinity and no NaN; expressions have.
    const { value } = token;
    return Number.isFinite(value)
      ? { kind: 'literal', value, at }
      : { kind: 'expression', source: String(value), at };
  }
  return { kind: 'literal', value: null, at };
}

function placeOf(token: TemplateToken, locate: Locate): Position {
  return locate(token.range?.start.line ?? 0, token.range?.start.column ?? 0);
}
