import type { CommandSpec, Mistake, TypedArguments } from '../command-line/command.ts';
import { exitStatus } from '../command-line/exit-status.ts';
import { refuse } from '../command-line/refusal.ts';
import { printError, printOut } from '../view/print.ts';
import type { Command } from './command-table.ts';

const spec: CommandSpec = {
  name: 'restore',
  summary: 'make a data folder from a backup',
  description: [
    'Writes a backup into a new folder, with which slipway serve can be started. Jobs that were running when the backup was made count as lost; pushes that the tables had not heard of are told of at the start.',
    'Tables in PostgreSQL come back with pg_restore, before the start.',
  ],
  argument: { name: 'DIR', repeatable: false, help: 'the backup' },
  options: [{ name: 'data', value: 'DIR', help: 'a new or empty folder; SLIPWAY_DATA' }],
  examples: [{ line: 'slipway restore /backup/monday --data /var/lib/slipway', says: 'into a new folder' }],
};

export const restoreCommand: Command = { spec, execute };

async function execute(typed: TypedArguments): Promise<number> {
  const [from] = typed.arguments;
  const data = typed.values.get('data')?.[0] ?? process.env.SLIPWAY_DATA;
  const mistakes: Mistake[] = [];
  if (from === undefined) mistakes.push({ message: 'there is no backup', mend: 'Name its folder.' });
  if (data === undefined) {
    mistakes.push({ message: 'there is no folder for the data', mend: 'Name one with --data DIR.' });
  }
  if (from === undefined || data === undefined) return refuse(mistakes);
  const { restore } = await import('@slipway/server/backup');
  try {
    const { takenAt, store } = await restore({ from, data });
    printOut(`${data} is what it was at ${takenAt}.\n`);
    if (store === 'postgres') printOut('Its tables are in PostgreSQL: restore them with pg_restore.\n');
    return exitStatus.success;
  } catch (error) {
    printError(`slipway: ${error instanceof Error ? error.message : error}\n`);
    return exitStatus.failure;
  }
}
