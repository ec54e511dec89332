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
  name: 'abort',
  summary: 'take a rollout back',
  description: [
    'Weight 0 comes first and is verified, then the new revision is removed. While a migration runs it is stopped. Once the old revision retires there is no way back but slipway rollback.',
    wordNote,
  ],
  argument: wordArgument,
  options: [...wordOptions, reasonOption],
  examples: [{ line: "slipway abort 12 --reason 'customers call'", says: 'back to the old revision' }],
};

export const abortCommand: Command = { spec, execute: (typed) => sayToDeployment(typed, 'abort') };
