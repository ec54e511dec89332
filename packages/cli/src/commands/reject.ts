import { choiceOptions, decide } from '../approvals/decide.ts';
import type { CommandSpec, TypedArguments } from '../command-line/command.ts';
import type { Command } from './command-table.ts';

const spec: CommandSpec = {
  name: 'reject',
  summary: 'keep what waits for approval out of its environment, as one of its reviewers',
  description: [
    'The jobs that wait fail with the reason. What is approved already and has not begun can be rejected too.',
  ],
  argument: {
    name: 'ID',
    repeatable: false,
    help: 'number of the request, as slipway approvals shows it; default: the only one that is pending',
  },
  options: [...choiceOptions, { name: 'reason', value: 'TEXT', help: 'shown with the jobs' }],
  examples: [{ line: 'slipway reject 7 --reason "not on a Friday"', says: 'request 7' }],
};

export const rejectCommand: Command = { spec, execute };

function execute(typed: TypedArguments): Promise<number> {
  return decide(typed, { verdict: 'rejected', comment: typed.values.get('reason')?.[0] ?? '' });
}
