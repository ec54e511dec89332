import { statSync } from 'node:fs';
import { sizeText } from '@slipway/contracts/size-text';
import type { CommandSpec, TypedArguments } from '../command-line/command.ts';
import { exitStatus } from '../command-line/exit-status.ts';
import { refuse } from '../command-line/refusal.ts';
import { bundleFolder } from '../delivery/bundle-folder.ts';
import { deskNote, deskOptions, withDesk } from '../delivery/open-desk.ts';
import { printError, printOut } from '../view/print.ts';
import type { Command } from './command-table.ts';

const spec: CommandSpec = {
  name: 'bundle',
  summary: 'pack a folder as what a process target runs, and keep it under its digest',
  description: [
    'Prints the digest, to be named by slipway release create --component NAME=DIGEST. The same files give the same digest, whoever packs them and when.',
    deskNote,
  ],
  argument: { name: 'DIR', repeatable: false, help: 'the folder' },
  options: deskOptions,
  examples: [{ line: 'slipway bundle dist/api', says: 'prints sha256:…' }],
};

export const bundleCommand: Command = { spec, execute };

async function execute(typed: TypedArguments): Promise<number> {
  const [directory] = typed.arguments;
  if (directory === undefined || statSync(directory, { throwIfNoEntry: false })?.isDirectory() !== true) {
    const message = directory === undefined ? 'there is no folder' : `${directory} is no folder`;
    return refuse([{ message, mend: 'Name a folder that is there.' }]);
  }
  return withDesk(typed, async (desk) => {
    try {
      const { digest, sizeBytes, files, isNew } = await bundleFolder(desk, directory);
      if (typed.switches.has('json')) printOut(`${JSON.stringify({ digest, sizeBytes, files, isNew })}\n`);
      else {
        printOut(`${digest}\n`);
        printError(`${files} files, ${sizeText(sizeBytes)}${isNew ? '' : ', kept already'}\n`);
      }
      return exitStatus.success;
    } catch (error) {
      if (!(error instanceof Error) || error.name !== 'BundleError') throw error;
      printError(`slipway: ${error.message}\n`);
      return exitStatus.failure;
    }
  });
}
