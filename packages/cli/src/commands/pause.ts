import type { CommandSpec } from '../command-line/command.ts';
import {
  reasonOption,
  sayToDeployment,
  wordArgument,
  wordNote,
  wordOptions,
} from '../delivery/word-command.ts';
import type { Command } from './command-table.ts';

const spec: CommandSpec = {
  name: 'pause',
  summary: 'hold a rollout where it is',
  description: [
    'Nothing new begins; what has begun is brought to its end, and the analysis goes on: a failure still takes it back.',
    wordNote,
  ],
  argument: wordArgument,
  options: [...wordOptions, reasonOption],
  examples: [{ line: "slipway pause 12 --reason 'look at the logs first'", says: 'the weight stays' }],
};

export const pauseCommand: Command = { spec, execute: (typed) => sayToDeployment(typed, 'pause') };
