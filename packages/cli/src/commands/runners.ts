import type { RunnersAnswer } from '@slipway/contracts/api/runners';
import type { CommandSpec, TypedArguments } from '../command-line/command.ts';
import { exitStatus } from '../command-line/exit-status.ts';
import { callServer } from '../server/call-server.ts';
import { serverOptions } from '../server/server-access.ts';
import { withServer } from '../server/server-command.ts';
import { printOut } from '../view/print.ts';
import { textTable } from '../view/text-table.ts';
import type { Command } from './command-table.ts';

const spec: CommandSpec = {
  name: 'runners',
  summary: 'list the runners of a server with what they do',
  description: ['A runner is offline when it has not asked for work for two minutes.'],
  options: [...serverOptions, { name: 'json', help: 'print one JSON object a line' }],
  examples: [{ line: 'slipway runners', says: 'by name' }],
};

export const runnersCommand: Command = { spec, execute };

function execute(typed: TypedArguments): Promise<number> {
  return withServer(typed, async (access) => {
    const { runners } = await callServer<RunnersAnswer>(access, { path: '/runners' });
    if (typed.switches.has('json')) for (const runner of runners) printOut(`${JSON.stringify(runner)}\n`);
    else if (runners.length === 0) printOut('No runner has asked for work yet.\n');
    else {
      const rows = runners.map(({ name, status, job, labels }) => [
        name,
        status,
        job === null ? '-' : `${job.project} run ${job.runId}: ${job.key}`,
        labels.join(', '),
      ]);
      printOut(textTable(rows));
    }
    return exitStatus.success;
  });
}
