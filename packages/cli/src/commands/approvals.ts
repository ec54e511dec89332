import type { ApprovalAnswer } from '@slipway/contracts/api/environments';
import { approvalRow } from '../approvals/approval-text.ts';
import type { CommandSpec, TypedArguments } from '../command-line/command.ts';
import { exitStatus } from '../command-line/exit-status.ts';
import { callServer } from '../server/call-server.ts';
import { serverOptions } from '../server/server-access.ts';
import { withServer } from '../server/server-command.ts';
import { printOut } from '../view/print.ts';
import { textTable } from '../view/text-table.ts';
import type { Command } from './command-table.ts';

const spec: CommandSpec = {
  name: 'approvals',
  summary: 'list what waits for approval at a server',
  description: ['What is pending, the newest first; with --all also what was decided.'],
  options: [
    { name: 'project', value: 'OWNER/NAME', help: 'only of this project' },
    { name: 'run', value: 'RUN', help: 'only of this run' },
    { name: 'all', help: 'also what is approved, rejected or expired' },
    ...serverOptions,
    { name: 'json', help: 'print one JSON object a line' },
  ],
  examples: [{ line: 'slipway approvals --project octo/app', says: 'what waits there' }],
};

export const approvalsCommand: Command = { spec, execute };

function execute(typed: TypedArguments): Promise<number> {
  const { values, switches } = typed;
  const query = new URLSearchParams({ limit: '100', ...(!switches.has('all') && { state: 'pending' }) });
  for (const name of ['project', 'run']) {
    const value = values.get(name)?.[0];
    if (value !== undefined) query.set(name, value);
  }
  return withServer(typed, async (access) => {
    const { approvals } = await callServer<{ approvals: ApprovalAnswer[] }>(access, {
      path: `/approvals?${query}`,
    });
    if (switches.has('json')) for (const one of approvals) printOut(`${JSON.stringify(one)}\n`);
    else if (approvals.length === 0) printOut('Nothing is waiting for approval.\n');
    else printOut(textTable(approvals.map(approvalRow)));
    return exitStatus.success;
  });
}
