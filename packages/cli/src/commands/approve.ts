import { choiceOptions, decide } from '../approvals/decide.ts';
import type { CommandSpec, TypedArguments } from '../command-line/command.ts';
import type { Command } from './command-table.ts';

const spec: CommandSpec = {
  name: 'approve',
  summary: 'let what waits for approval into its environment, as one of its reviewers',
  description: [
    'What is approved is the commit, the workflow and the plan that the request shows: if any of it changes, it is asked again. One approval holds for all jobs of the run that enter the environment, and runs out if they do not begin in time.',
  ],
  argument: {
    name: 'ID',
    repeatable: false,
    help: 'number of the request, as slipway approvals shows it; default: the only one that is pending',
  },
  options: [...choiceOptions, { name: 'comment', value: 'TEXT', help: 'kept with the approval' }],
  examples: [
    { line: 'slipway approve 7', says: 'request 7' },
    { line: 'slipway approve --run 12 --environment production', says: 'what run 12 waits for' },
  ],
};

export const approveCommand: Command = { spec, execute };

function execute(typed: TypedArguments): Promise<number> {
  return decide(typed, { verdict: 'approved', comment: typed.values.get('comment')?.[0] ?? '' });
}
