import { constants, expectedKinds, mappingKeys } from '../../reader/schema/definition-paths.ts';
import { findProblems, type TypedExpression, typedExpressions } from '../expression-types.ts';
import type { LintFile } from '../file/lint-file.ts';
import type { Rule, RuleFinding } from '../rule.ts';
import { typeWords } from '../types/expression-type.ts';

export const typeMismatch: Rule = {
  code: 'type-mismatch',
  severity: 'warning',
  why: 'An operator or key that gets a value of another type than it can use yields nothing, or fails the job.',
  mend: 'Convert the value (`fromJSON`, `toJSON`, `format`), or use another one.',
  *check(file) {
    yield* findProblems(file, 'type-mismatch');
    for (const typed of typedExpressions(file)) yield* judgePlace(file, typed);
  },
};

/** A whole value whose type cannot stand at its place. */
function judgePlace(file: LintFile, { expression, type }: TypedExpression): RuleFinding[] {
  if (!expression.isWhole || expression.isCondition || type.kind === 'any' || type.kind === 'null') return [];
  const place = file.schemaAt(expression.path);
  const kinds = expectedKinds(place);
  const isScalar = type.kind === 'string' || type.kind === 'number' || type.kind === 'boolean';
  const takesScalar = kinds.some((kind) => /string|number|boolean/.test(kind)) || constants(place).length > 0;
  const keys = mappingKeys(place)
    .filter((names) => names.length > 0)
    .flat();
  const hasNoKey = type.kind === 'object' && !type.rest && !keys.some((key) => type.properties.has(key));
  const fits =
    kinds.length === 0 ||
    (isScalar && takesScalar) ||
    (type.kind === 'array' && kinds.includes('a sequence')) ||
    (type.kind === 'object' && kinds.includes('a mapping') && (keys.length === 0 || !hasNoKey)) ||
    // Objects and arrays at places of text are another rule's.
    (!isScalar && !kinds.includes('a mapping') && !kinds.includes('a sequence'));
  if (fits) return [];
  const at = expression.place(0);
  return [
    { at, message: `\`${expression.path.at(-1)}\` gets ${typeWords(type)}; it takes ${kinds.join(' or ')}.` },
  ];
}
