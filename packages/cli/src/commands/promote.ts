import type { CommandSpec } from '../command-line/command.ts';
import { sayToDeployment, wordArgument, wordNote, wordOptions } from '../delivery/word-command.ts';
import type { Command } from './command-table.ts';

const spec: CommandSpec = {
  name: 'promote',
  summary: 'let a rollout go on that waits for a person',
  description: [
    'Ends a step that waits for a promotion, or a hold whose verdict is still in doubt after its time. It does not shorten a hold.',
    wordNote,
  ],
  argument: wordArgument,
  options: wordOptions,
  examples: [{ line: 'slipway promote 12', says: 'by your word' }],
};

export const promoteCommand: Command = { spec, execute: (typed) => sayToDeployment(typed, 'promote') };
