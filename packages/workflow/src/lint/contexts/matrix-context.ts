import type { Template } from '../../model/template.ts';
import type { StrategyTemplate } from '../../model/workflow.ts';
import { childOf, namedEntries } from '../../reader/convert/access.ts';
import {
  anyType,
  arrayOf,
  atLeast,
  type ExpressionType,
  eitherOf,
  exactly,
  mapOf,
  typeOfValue,
} from '../types/expression-type.ts';

/** `matrix` of a job; a job without one has none. What expressions make of it is not known. */
export function matrixContext(strategy: StrategyTemplate | undefined): ExpressionType {
  const matrix = strategy?.matrix;
  if (!matrix) return exactly({});
  if (matrix.kind !== 'mapping' || matrix.entries.some(({ key }) => key.kind !== 'literal'))
    return mapOf(anyType);
  const properties: Record<string, ExpressionType> = {};
  const add = (name: string, type: ExpressionType) => {
    const known = properties[name.toLowerCase()];
    properties[name.toLowerCase()] = known ? eitherOf(known, type) : type;
  };
  for (const { name, value } of namedEntries(matrix)) {
    if (name === 'include' || name === 'exclude') continue;
    const items = value.kind === 'sequence' ? value.items : [];
    for (const item of items) add(name, templateType(item));
    if (items.length === 0) add(name, anyType);
  }
  const include = childOf(matrix, 'include');
  if (!include) return exactly(properties);
  if (include.kind !== 'sequence') return atLeast(properties, anyType);
  for (const item of include.items) {
    if (item.kind !== 'mapping') return atLeast(properties, anyType);
    for (const { name, value } of namedEntries(item)) add(name, templateType(value));
  }
  return exactly(properties);
}

/** The type of a value as it is written; an expression may be anything. */
export function templateType(template: Template): ExpressionType {
  switch (template.kind) {
    case 'literal':
      return typeOfValue(template.value);
    case 'expression':
      return anyType;
    case 'sequence': {
      const [first = anyType, ...others] = template.items.map(templateType);
      return arrayOf(others.reduce(eitherOf, first));
    }
    case 'mapping': {
      const isOpen = template.entries.some(({ key }) => key.kind !== 'literal');
      const properties = Object.fromEntries(
        namedEntries(template).map(({ name, value }) => [name, templateType(value)]),
      );
      return isOpen ? atLeast(properties, anyType) : exactly(properties);
    }
  }
}
