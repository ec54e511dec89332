import { nearestName } from '../../model/nearest-name.ts';
import type { ActionStep } from '../../model/workflow.ts';
import { namedEntries } from '../../reader/convert/access.ts';
import { actionInterface } from '../action-interface.ts';
import type { LintFile } from '../file/lint-file.ts';
import type { Rule, RuleFinding } from '../rule.ts';

export const actionInputs: Rule = {
  code: 'action-inputs',
  severity: 'warning',
  why: 'An input that an action does not have is ignored, and one that it must have is missed in the middle of the job.',
  mend: "Compare with the inputs of the action's `action.yml`.",
  judgesActions: true,
  *check(file) {
    for (const job of file.workflow.jobs) {
      for (const step of job.kind === 'job' ? job.steps : []) {
        if (step.kind === 'action') yield* judge(file, step);
      }
    }
  },
};

function* judge(file: LintFile, step: ActionStep): Iterable<RuleFinding> {
  const action = actionInterface(file, step.uses);
  if (!action) return;
  const given = namedEntries(step.with);
  const isOpen = step.with?.entries.some(({ key }) => key.kind !== 'literal') ?? false;
  for (const [name, isRequired] of action.inputs) {
    if (!isRequired || isOpen || given.some((entry) => entry.name.toLowerCase() === name)) continue;
    yield {
      at: step.usesAt,
      message: `\`${step.uses}\` must be given \`${name}\`.`,
      mend: `Add \`${name}\` under \`with:\`.`,
    };
  }
  for (const { name, at } of given) {
    if (action.inputs.has(name.toLowerCase())) continue;
    const guess = nearestName(name, action.inputs.keys());
    yield {
      at,
      message: `\`${step.uses}\` has no input \`${name}\`.`,
      ...(guess === undefined ? {} : { mend: `Did you mean \`${guess}\`?` }),
    };
  }
}
