import type { CommandSpec, TypedArguments } from '../command-line/command.ts';
import { refuse } from '../command-line/refusal.ts';
import { performAction } from '../pull-requests/perform-action.ts';
import { projectOption } from '../pull-requests/project-choice.ts';
import { readPullRequestRequest } from '../pull-requests/pull-request-request.ts';
import { serverOptions } from '../server/server-access.ts';
import { withServer } from '../server/server-command.ts';
import type { Command } from './command-table.ts';

const spec: CommandSpec = {
  name: 'pr',
  summary: 'open, review and merge pull requests of a hosted project',
  description: [
    'ACTION is list (default), open, show N, edit N, review N, approve N, dismiss N, merge N, close N, reopen N, checkout N, held or approve-runs N.',
    'open takes the branch that is checked out, which must be pushed already. merge asks for what the rules of the base want (slipway protection show): what is missing is said. An approval is of the head as it is; --sha says which one was looked at.',
    'held lists what pull requests from outside would start, here or on GitHub; approve-runs lets it run, of the head that --sha names.',
  ],
  argument: { name: 'ACTION', repeatable: true, help: 'what to do, and the number of the pull request' },
  options: [
    projectOption,
    ...serverOptions,
    { name: 'title', value: 'TEXT', help: 'default the subject of the last commit' },
    { name: 'body', value: 'TEXT', help: 'what it is about, or what a review says' },
    { name: 'head', value: 'BRANCH', help: 'with the change; default the one that is checked out' },
    { name: 'base', value: 'BRANCH', help: 'where it is to get; default the default branch' },
    { name: 'draft', help: 'is not to be merged yet' },
    { name: 'ready', help: 'with edit: is no draft any more' },
    { name: 'approve', help: 'with review' },
    { name: 'request-changes', help: 'with review' },
    { name: 'comment', help: 'with review' },
    { name: 'review', value: 'ID', help: 'with dismiss: which one, as show shows it; it counts no more' },
    {
      name: 'sha',
      value: 'COMMIT',
      help: 'the head that is meant: if there is another one, nothing is done',
    },
    { name: 'method', value: 'METHOD', help: 'merge (default), squash or rebase' },
    {
      name: 'message',
      value: 'TEXT',
      help: 'of the commit that a merge makes, or why a review is dismissed',
    },
    { name: 'admin', help: 'merge without what is missing, where the rules are not for administrators' },
    { name: 'remote', value: 'NAME', help: 'where checkout gets the branch; default origin' },
    { name: 'state', value: 'STATE', help: 'with list: open (default), closed, merged or all' },
    { name: 'limit', value: 'N', help: 'with list: at most so many; default 30' },
    { name: 'json', help: 'print one JSON object a line' },
  ],
  examples: [
    { line: 'slipway pr open --title "Pay by invoice"', says: 'of the branch that is checked out' },
    { line: 'slipway pr approve 7', says: 'as somebody else than its author' },
    { line: 'slipway pr merge 7 --method squash', says: 'if the rules of the base are kept' },
  ],
};

export const prCommand: Command = { spec, execute };

async function execute(typed: TypedArguments): Promise<number> {
  const { request, mistakes } = readPullRequestRequest(typed, process.env, process.cwd());
  if (mistakes.length > 0) return refuse(mistakes);
  return withServer(typed, (access) => performAction(access, request, typed));
}
