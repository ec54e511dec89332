import type { CommandSpec, Mistake, TypedArguments } from '../command-line/command.ts';
import { exitStatus } from '../command-line/exit-status.ts';
import { refuse } from '../command-line/refusal.ts';
import { readAssignments } from '../event/assignments.ts';
import { callServer } from '../server/call-server.ts';
import { serverOptions } from '../server/server-access.ts';
import { withServer } from '../server/server-command.ts';
import { printOut } from '../view/print.ts';
import type { Command } from './command-table.ts';

const spec: CommandSpec = {
  name: 'dispatch',
  summary: 'start a workflow of a project on a server by hand',
  description: ['Starts a workflow that has workflow_dispatch, with inputs that are checked against it.'],
  argument: { name: 'WORKFLOW', repeatable: false, help: 'its file, e.g. deploy.yml, or its name' },
  options: [
    ...serverOptions,
    { name: 'project', value: 'OWNER/NAME', help: 'the project' },
    { name: 'ref', value: 'REF', help: 'branch or tag; default the default branch' },
    { name: 'input', short: 'i', value: 'K=V', repeatable: true, help: 'an input' },
  ],
  examples: [
    { line: 'slipway dispatch deploy.yml --project octo/app -i target=staging', says: 'with an input' },
  ],
};

export const dispatchCommand: Command = { spec, execute };

async function execute(typed: TypedArguments): Promise<number> {
  const [workflow] = typed.arguments;
  const project = typed.values.get('project')?.[0];
  const ref = typed.values.get('ref')?.[0];
  const mistakes: Mistake[] = [];
  if (workflow === undefined) mistakes.push({ message: 'there is no workflow', mend: 'Name its file.' });
  if (project === undefined || !/^[^/]+\/[^/]+$/.test(project)) {
    mistakes.push({ message: 'there is no project', mend: 'Name one with --project OWNER/NAME.' });
  }
  const inputs = readAssignments({
    typed: typed.values.get('input') ?? [],
    option: '--input',
    files: [],
    fileOption: '--input-file',
  });
  mistakes.push(...inputs.mistakes);
  if (mistakes.length > 0) return refuse(mistakes);
  const body = { workflow, inputs: inputs.values, ...(ref !== undefined && { ref }) };
  return withServer(typed, async (access) => {
    const call = { method: 'POST', path: `/projects/${project}/dispatches`, body } as const;
    const run = await callServer<{ runId: number; number: number; name: string }>(access, call);
    printOut(`Run ${run.runId} (${run.name}) is started.\n`);
    return exitStatus.success;
  });
}
