import { displayString, ExpressionError, evaluateTemplate } from '../expressions/index.ts';
import { referencesOf } from '../expressions/references.ts';
import type { Contexts } from '../expressions/value.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import { nearestName } from '../model/nearest-name.ts';
import type { Template } from '../model/template.ts';
import { expandMatrix, type MatrixLeg } from './matrix.ts';
import { choosableValues, isMeant, type MatrixChoice } from './matrix-choice.ts';
import type { RunPlan } from './run-plan.ts';

/** Values that a message lists at most. */
const mostListed = 12;

/**
 * What of a choice no matrix has. Where a matrix depends on what the run itself finds out, nothing is said: it may turn
 * out to have it.
 * Errors: `unknown-matrix-key`, `unknown-matrix-value`, at the beginning of the first workflow.
 */
export function assessMatrixChoice(choices: readonly MatrixChoice[], runs: readonly RunPlan[]): Diagnostic[] {
  if (choices.length === 0) return [];
  const matrices = runs.flatMap(matricesOf);
  if (matrices.includes('unknown')) return [];
  const legs = matrices.flatMap((matrix) => (matrix === 'unknown' ? [] : matrix));
  const file = runs[0]?.workflowPath ?? '';
  return choices.flatMap((choice) =>
    mistakesOf(choice, legs).map((mistake) => ({ file, line: 1, column: 1, severity: 'error', ...mistake })),
  );
}

function matricesOf({ graphs, contexts }: RunPlan): (MatrixLeg[] | 'unknown')[] {
  return graphs.flatMap(({ jobs }, graph) =>
    jobs.flatMap(({ job }) => {
      const matrix = job.strategy?.matrix;
      if (matrix === undefined) return [];
      // The inputs of a called workflow are those of its callers.
      return [legsOf(matrix, { known: graph === 0 ? contexts : { ...contexts, inputs: undefined } })];
    }),
  );
}

function legsOf(matrix: Template, { known }: { known: Record<string, unknown> }): MatrixLeg[] | 'unknown' {
  try {
    const isKnown = ({ path }: { path: string[] }) => known[path[0]?.toLowerCase() ?? ''] !== undefined;
    if (!referencesOf(matrix).every(isKnown)) return 'unknown';
    const expansion = expandMatrix(evaluateTemplate(matrix, { contexts: known as Contexts }));
    return expansion.kind === 'legs' ? expansion.legs : 'unknown';
  } catch (error) {
    if (error instanceof ExpressionError) return 'unknown';
    throw error;
  }
}

type MistakeOfChoice = Pick<Diagnostic, 'code' | 'message' | 'mend'>;

function mistakesOf({ key, values }: MatrixChoice, legs: readonly MatrixLeg[]): MistakeOfChoice[] {
  const known = legs.flatMap((leg) => choosableValues(leg, key) ?? []);
  if (!legs.some((leg) => choosableValues(leg, key))) return [unknownKey(key, legs)];
  return values.flatMap((value) => {
    if (known.some((one) => isMeant(one, value))) return [];
    const shown = [...new Set(known.map(displayString))];
    return [
      {
        code: 'unknown-matrix-value',
        message: `No leg of a matrix has '${key}: ${value}'.`,
        mend: `Choose one of: ${listed(shown)}.`,
      },
    ];
  });
}

function unknownKey(key: string, legs: readonly MatrixLeg[]): MistakeOfChoice {
  const keys = [...new Set(legs.flatMap(({ values }) => Object.keys(values)))];
  return {
    code: 'unknown-matrix-key',
    message: `No matrix has the key '${key}'.`,
    mend:
      keys.length === 0
        ? 'Leave the choice out: no job that takes part has a matrix.'
        : suggestion(key, keys),
  };
}

function suggestion(key: string, keys: string[]): string {
  const near = nearestName(key, keys);
  return near === undefined ? `Choose by one of: ${listed(keys)}.` : `Did you mean '${near}'?`;
}

function listed(names: string[]): string {
  return names.slice(0, mostListed).join(', ') + (names.length > mostListed ? ', …' : '');
}
