import type { Position } from '../../model/diagnostic.ts';
import type { Findings } from '../findings.ts';

const maxLength = 100;

/**
 * The ids of one job's or action's steps; they differ by more than case.
 * @see actions/runner, src/Sdk/WorkflowParser/Conversion/IdBuilder.cs
 */
export interface StepIds {
  /** An author's id; false, with a finding, if it cannot be one. */
  claim(id: string, at: Position): boolean;
  /** A generated id from what the step does: `__run`, `__actions_checkout`, `__actions_checkout_2`. */
  generate(name: string): string;
}

export function createStepIds(findings: Findings): StepIds {
  const taken = new Set<string>();
  return {
    claim(id, at) {
      if (!isValidId(findings, id, at)) return false;
      if (taken.has(id.toLowerCase())) {
        findings.add({
          at,
          code: 'duplicate-id',
          message: `Another step has the id \`${id}\`.`,
          mend: 'Give each step an id of its own; case does not count.',
        });
        return false;
      }
      taken.add(id.toLowerCase());
      return true;
    },
    generate(name) {
      const original = `__${name}`.replace(/[^a-zA-Z0-9_-]/g, '_');
      for (let attempt = 1; ; attempt++) {
        const suffix = attempt === 1 ? '' : `_${attempt}`;
        const id = original.slice(0, maxLength - suffix.length) + suffix;
        if (taken.has(id.toLowerCase())) continue;
        taken.add(id.toLowerCase());
        return id;
      }
    },
  };
}

/** The form that job and step ids must have; a finding says what is wrong. */
export function isValidId(findings: Findings, id: string, at: Position): boolean {
  const problem = idProblem(id);
  if (problem === undefined) return true;
  findings.add({
    at,
    code: 'invalid-id',
    message: `\`${id}\` cannot be an id: ${problem}.`,
    mend: 'Use letters, digits, `-` and `_`, and begin with a letter or a single `_`.',
  });
  return false;
}

function idProblem(id: string): string | undefined {
  if (!/^[a-zA-Z_][a-zA-Z0-9_-]*$/.test(id)) return 'it has characters that ids cannot have';
  if (id.length >= maxLength) return `it has ${maxLength} characters or more`;
  return id.startsWith('__') ? 'ids that begin with `__` are reserved' : undefined;
}
