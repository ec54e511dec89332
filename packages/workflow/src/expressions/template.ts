import type { ExpressionTemplate, MappingEntry, MappingTemplate, Template } from '../model/template.ts';
import { displayString, isPrimitive, isTruthy } from './coercion.ts';
import { evaluateWithin } from './evaluate.ts';
import { ExpressionError, locateError, quoteSource } from './expression-error.ts';
import { type Budget, maxResultBytes } from './frame.ts';
import type { EvaluationScope, Value } from './value.ts';

/**
 * Evaluates every expression of a template. A mapping becomes an object, in its order; the entries of a `${{ insert }}`
 * take its place; an expression in a sequence that yields a sequence is spliced into it.
 * Errors: ExpressionError, with the place in the file.
 * @see actions/runner, src/Sdk/DTObjectTemplating/ObjectTemplating/TemplateEvaluator.cs and TemplateUnraveler.cs
 */
export function evaluateTemplate(template: Template, scope: EvaluationScope): Value {
  return evaluateAny(template, scope, { spentBytes: 0 });
}

/** A string key such as `run` or `name`; null is empty, a sequence or mapping is an error, as on GitHub. */
export function evaluateString(template: Template, scope: EvaluationScope): string {
  const value = evaluateTemplate(template, scope);
  if (isPrimitive(value)) return displayString(value);
  throw mismatch(template, `A text was expected, not ${describe(value)}`);
}

/**
 * A boolean key such as `continue-on-error`. GitHub refuses everything but a boolean there, 'false' and null included;
 * so does this.
 */
export function evaluateBoolean(template: Template, scope: EvaluationScope): boolean {
  const value = evaluateTemplate(template, scope);
  if (typeof value === 'boolean') return value;
  throw mismatch(template, `true or false was expected, not ${describe(value)}`);
}

/** A number key such as `timeout-minutes`. GitHub refuses everything but a number there: `fromJSON` makes one of a text. */
export function evaluateNumber(template: Template, scope: EvaluationScope): number {
  const value = evaluateTemplate(template, scope);
  if (typeof value === 'number') return value;
  throw mismatch(template, `A number was expected, not ${describe(value)}`);
}

/** An `if`: any value, by its truthiness. */
export function evaluateCondition(condition: ExpressionTemplate, scope: EvaluationScope): boolean {
  return isTruthy(evaluateTemplate(condition, scope));
}

function evaluateAny(template: Template, scope: EvaluationScope, budget: Budget): Value {
  switch (template.kind) {
    case 'literal':
      return template.value;
    case 'expression':
      return evaluateLocated(template, scope, budget);
    case 'sequence':
      return template.items.flatMap((item) => {
        const value = evaluateAny(item, scope, budget);
        return item.kind === 'expression' ? value : [value];
      });
    case 'mapping':
      return evaluateMapping(template, scope, budget);
  }
}

function evaluateLocated(template: ExpressionTemplate, scope: EvaluationScope, budget: Budget): Value {
  try {
    const value = evaluateWithin(budget, template.source, scope);
    if (typeof value === 'string') budget.spentBytes += 26 + value.length * 2;
    if (budget.spentBytes <= maxResultBytes) return value;
  } catch (error) {
    throw locateError(error, template.at);
  }
  throw mismatch(template, `The results are larger than ${maxResultBytes} bytes`);
}

function evaluateMapping(template: MappingTemplate, scope: EvaluationScope, budget: Budget): Value {
  const result: { [key: string]: Value } = {};
  const foldedKeys = new Set<string>();
  for (const entry of template.entries) {
    for (const [key, value] of evaluateEntry(entry, scope, budget)) {
      const folded = key.toLowerCase();
      if (foldedKeys.has(folded)) throw new ExpressionError(`'${key}' is defined twice`, key, entry.key.at);
      foldedKeys.add(folded);
      setProperty(result, key, value);
    }
  }
  return result;
}

function evaluateEntry(
  { key, value }: MappingEntry,
  scope: EvaluationScope,
  budget: Budget,
): [string, Value][] {
  const evaluated = evaluateAny(value, scope, budget);
  if (key.kind !== 'insert') {
    const name = evaluateAny(key, scope, budget);
    if (!isPrimitive(name)) throw mismatch(key, 'A key must be a text');
    return [[displayString(name), evaluated]];
  }
  if (isPrimitive(evaluated) || Array.isArray(evaluated)) {
    throw mismatch(value, `insert takes a mapping, not ${describe(evaluated)}`);
  }
  return Object.entries(evaluated);
}

/** A key may be `__proto__`. */
function setProperty(object: { [key: string]: Value }, key: string, value: Value): void {
  Object.defineProperty(object, key, { value, enumerable: true, configurable: true, writable: true });
}

function mismatch(template: Template, message: string): ExpressionError {
  const source = template.kind === 'expression' ? template.source : '';
  const place = source === '' ? '' : ` in expression: ${quoteSource(source)}`;
  return new ExpressionError(`${message}${place}`, source, template.at);
}

function describe(value: Value): string {
  if (isPrimitive(value)) return value === null ? 'null' : `'${displayString(value)}'`;
  return Array.isArray(value) ? 'a sequence' : 'a mapping';
}
