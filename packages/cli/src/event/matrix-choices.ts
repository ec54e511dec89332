import type { MatrixChoice } from '@slipway/workflow/plan';
import type { Mistake } from '../command-line/command.ts';

/** Reads `KEY:VALUE` of `--matrix`; several values of one key are alternatives. */
export function readMatrixChoices(typed: readonly string[]): {
  choices: MatrixChoice[];
  mistakes: Mistake[];
} {
  const choices: MatrixChoice[] = [];
  const mistakes: Mistake[] = [];
  for (const one of typed) {
    const [, key, value] = /^\s*([^:\s]+)\s*:\s*(.*?)\s*$/s.exec(one) ?? [];
    if (key === undefined || value === undefined || value === '') {
      mistakes.push({
        message: `--matrix '${one}' is not KEY:VALUE`,
        mend: 'Write e.g. --matrix node:22.',
      });
      continue;
    }
    const known = choices.find((choice) => choice.key.toLowerCase() === key.toLowerCase());
    if (known === undefined) choices.push({ key, values: [value] });
    else known.values.push(value);
  }
  return { choices, mistakes };
}
