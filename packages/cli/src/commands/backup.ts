import type { CommandSpec, TypedArguments } from '../command-line/command.ts';
import { exitStatus } from '../command-line/exit-status.ts';
import { refuse } from '../command-line/refusal.ts';
import { readServeConfig } from '../serve/read-config.ts';
import { printError, printOut } from '../view/print.ts';
import type { Command } from './command-table.ts';

const spec: CommandSpec = {
  name: 'backup',
  summary: 'save what a server keeps, while it runs',
  description: [
    'Copies the tables, repositories, logs, artifacts, caches and secrets of a data folder of this machine into a new folder, consistently. It holds secrets: keep it as safe as the server. It is whole when backup.json is in it.',
    'Tables in PostgreSQL are not in it: save those with pg_dump, before this.',
  ],
  argument: { name: 'DIR', repeatable: false, help: 'a new or empty folder' },
  options: [
    { name: 'data', value: 'DIR', help: 'of the server; SLIPWAY_DATA' },
    { name: 'database', value: 'URL', help: 'of the server; DATABASE_URL' },
    { name: 'config', value: 'FILE', help: 'of the server; SLIPWAY_CONFIG' },
  ],
  examples: [{ line: 'slipway backup --data /var/lib/slipway /backup/monday', says: 'into a new folder' }],
};

export const backupCommand: Command = { spec, execute };

async function execute(typed: TypedArguments): Promise<number> {
  const { config, mistakes } = readServeConfig(typed, process.env);
  const [to] = typed.arguments;
  if (to === undefined) mistakes.push({ message: 'there is no folder to write to', mend: 'Name a new one.' });
  if (config === null || to === undefined) return refuse(mistakes);
  const { backUp } = await import('@slipway/server/backup');
  const store = config.database === undefined ? 'sqlite' : 'postgres';
  try {
    const done = await backUp({ data: config.data, to, store, now: Date.now() });
    const { repositories, streams, blobs, missingBlobs } = done;
    printOut(
      `Saved ${repositories} repositories, ${streams} logs and ${blobs} artifacts and caches in ${to}.\n`,
    );
    for (const digest of missingBlobs)
      printError(`slipway: ${digest} was removed while it was to be saved\n`);
    if (store === 'postgres') {
      printOut('The tables are in PostgreSQL: save them with pg_dump --format=custom "$DATABASE_URL".\n');
    }
    return exitStatus.success;
  } catch (error) {
    printError(`slipway: ${error instanceof Error ? error.message : error}\n`);
    return exitStatus.failure;
  }
}
