import type { Position } from '../../model/diagnostic.ts';
import type { Template } from '../../model/template.ts';
import type { Rule, RuleFinding } from '../rule.ts';

export const invalidNumber: Rule = {
  code: 'invalid-number',
  severity: 'warning',
  why: 'A limit of zero or less is none, and GitHub cuts a fraction off.',
  mend: 'Write a whole number greater than zero.',
  *check({ workflow }) {
    for (const job of workflow.jobs) {
      yield* judge('max-parallel', job.strategy?.maxParallel);
      if (job.kind !== 'job') continue;
      yield* judge('timeout-minutes', job.timeoutMinutes);
      for (const step of job.steps) {
        if ('timeoutMinutes' in step) yield* judge('timeout-minutes', step.timeoutMinutes);
      }
    }
  },
};

function* judge(key: string, template: Template | undefined): Iterable<RuleFinding> {
  if (template?.kind !== 'literal' || typeof template.value !== 'number') return;
  const at: Position = template.at;
  if (template.value <= 0) yield { at, message: `\`${key}\` must be greater than zero.` };
  else if (key === 'max-parallel' && !Number.isInteger(template.value))
    yield { at, message: `\`${key}\` is a whole number.` };
}
