import {
  constants,
  expectedKinds,
  mappingKeys,
  type SchemaPlace,
  takesAnyKey,
} from '../../reader/schema/definition-paths.ts';
import { findProblems, type TypedExpression, typedExpressions } from '../expression-types.ts';
import type { LintFile } from '../file/lint-file.ts';
import type { Rule, RuleFinding } from '../rule.ts';
import { type ExpressionType, type ObjectType, typeWords } from '../types/expression-type.ts';

export const typeMismatch: Rule = {
  code: 'type-mismatch',
  severity: 'warning',
  why: 'An operator or key that gets a value of another type than it can use yields nothing, or fails the job.',
  mend: 'Convert the value (`fromJSON`, `toJSON`, `format`), or use another one.',
  judgesActions: true,
  *check(file) {
    yield* findProblems(file, 'type-mismatch');
    for (const typed of typedExpressions(file)) yield* judgePlace(file, typed);
  },
};

/** A whole value whose type cannot stand at its place. */
function judgePlace(file: LintFile, { expression, type }: TypedExpression): RuleFinding[] {
  if (!expression.isWhole || expression.isCondition) return [];
  const place = file.schemaAt(expression.path);
  const kinds = expectedKinds(place);
  if (kinds.length === 0 || fits(place, kinds, type)) return [];
  return [
    {
      at: expression.place(0),
      message: `\`${expression.path.at(-1)}\` gets ${typeWords(type)}; it takes ${kinds.join(' or ')}.`,
    },
  ];
}

function fits(place: SchemaPlace, kinds: string[], type: ExpressionType): boolean {
  const takesMapping = kinds.includes('a mapping');
  const takesSequence = kinds.includes('a sequence');
  // Objects and arrays at places of text are another rule's.
  const takesTextOnly = !takesMapping && !takesSequence;
  switch (type.kind) {
    case 'any':
    case 'null':
      return true;
    case 'array':
      return takesSequence || takesTextOnly;
    case 'object':
      return takesTextOnly || (takesMapping && hasFittingKey(place, type));
    default:
      return constants(place).length > 0 || kinds.some((kind) => /string|number|boolean/.test(kind));
  }
}

/** An object of which no property is a key here is another thing than the mapping that is wanted. */
function hasFittingKey(place: SchemaPlace, { properties, rest }: ObjectType): boolean {
  const keys = mappingKeys(place).flat();
  return (
    rest !== undefined ||
    properties.size === 0 ||
    takesAnyKey(place) ||
    keys.some((key) => properties.has(key))
  );
}
