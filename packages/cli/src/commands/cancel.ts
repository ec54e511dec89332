import type { RunAnswer } from '@slipway/contracts/api/runs';
import type { CommandSpec, TypedArguments } from '../command-line/command.ts';
import { exitStatus } from '../command-line/exit-status.ts';
import { refuse } from '../command-line/refusal.ts';
import { callServer } from '../server/call-server.ts';
import { readRunId } from '../server/run-argument.ts';
import { serverOptions } from '../server/server-access.ts';
import { withServer } from '../server/server-command.ts';
import { printOut } from '../view/print.ts';
import type { Command } from './command-table.ts';

const spec: CommandSpec = {
  name: 'cancel',
  summary: 'cancel a run of a server',
  description: ['As on GitHub: what is running is told to end, and steps with always() still run.'],
  argument: { name: 'RUN', repeatable: false, help: 'its number, as slipway runs --server shows it' },
  options: [
    ...serverOptions,
    { name: 'kill', help: 'end everything at once; also after a cancel' },
    { name: 'reason', value: 'TEXT', help: 'shown with the run' },
  ],
  examples: [{ line: 'slipway cancel 12', says: 'run 12' }],
};

export const cancelCommand: Command = { spec, execute };

async function execute(typed: TypedArguments): Promise<number> {
  const { runId, mistake } = readRunId(typed.arguments[0]);
  if (mistake !== null) return refuse([mistake]);
  const reason = typed.values.get('reason')?.[0];
  const body = {
    how: typed.switches.has('kill') ? 'kill' : 'cancel',
    ...(reason !== undefined && { reason }),
  };
  return withServer(typed, async (access) => {
    const run = await callServer<RunAnswer>(access, { method: 'POST', path: `/runs/${runId}/cancel`, body });
    printOut(`Run ${run.id} (${run.workflowName}) is about to end.\n`);
    return exitStatus.success;
  });
}
