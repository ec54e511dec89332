export { displayString } from './coercion.ts';
export { evaluate } from './evaluate.ts';
export { ExpressionError } from './expression-error.ts';
export { isStatusFunctionUsed, type Reference, referencesOf } from './references.ts';
export {
  evaluateBoolean,
  evaluateCondition,
  evaluateNumber,
  evaluateString,
  evaluateTemplate,
} from './template.ts';
export type { Contexts, EvaluationScope, StatusFunctions, Value } from './value.ts';
