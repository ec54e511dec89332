import type { CommandSpec } from '../command-line/command.ts';
import { sayToDeployment, wordArgument, wordNote, wordOptions } from '../delivery/word-command.ts';
import type { Command } from './command-table.ts';

const spec: CommandSpec = {
  name: 'resume',
  summary: 'let a paused rollout go on',
  description: ['The time of the pause does not count for the step it was in.', wordNote],
  argument: wordArgument,
  options: wordOptions,
  examples: [{ line: 'slipway resume 12', says: 'from where it was' }],
};

export const resumeCommand: Command = { spec, execute: (typed) => sayToDeployment(typed, 'resume') };
