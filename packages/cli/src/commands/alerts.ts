import type { AlertsAnswer } from '@slipway/contracts/api/alerts';
import type { CommandSpec, Mistake, TypedArguments } from '../command-line/command.ts';
import { exitStatus } from '../command-line/exit-status.ts';
import { refuse } from '../command-line/refusal.ts';
import { chooseProject, projectOption } from '../pull-requests/project-choice.ts';
import { callServer } from '../server/call-server.ts';
import { serverOptions } from '../server/server-access.ts';
import { withServer } from '../server/server-command.ts';
import { printOut } from '../view/print.ts';
import { textTable } from '../view/text-table.ts';
import type { Command } from './command-table.ts';

const spec: CommandSpec = {
  name: 'alerts',
  summary: 'list what scans have found in a project of a server',
  description: [
    'Workflows upload SARIF, with github/codeql-action/upload-sarif or the scan action. What is found again is the same alert; what the last scan of its kind has not found any more is fixed.',
  ],
  options: [
    ...serverOptions,
    projectOption,
    { name: 'state', value: 'STATE', help: 'open (default), fixed, dismissed or all' },
    {
      name: 'ref',
      value: 'REF',
      help: 'as it is on this ref, e.g. refs/heads/main; default the default branch',
    },
    { name: 'json', help: 'print one JSON object a line' },
  ],
  examples: [{ line: 'slipway alerts --state fixed', says: 'what was mended' }],
};

export const alertsCommand: Command = { spec, execute };

const states = ['open', 'fixed', 'dismissed', 'all'];

async function execute(typed: TypedArguments): Promise<number> {
  const state = typed.values.get('state')?.[0] ?? 'open';
  const ref = typed.values.get('ref')?.[0];
  const { project, mistake } = chooseProject(typed, process.env, process.cwd());
  const mistakes: Mistake[] = mistake === null ? [] : [mistake];
  if (!states.includes(state)) {
    mistakes.push({ message: `there is no state '${state}'`, mend: `Write one of: ${states.join(', ')}.` });
  }
  if (mistakes.length > 0) return refuse(mistakes);
  const query = new URLSearchParams({ ...(state !== 'all' && { state }), ...(ref !== undefined && { ref }) });
  return withServer(typed, async (access) => {
    const { alerts } = await callServer<AlertsAnswer>(access, {
      path: `/projects/${project}/alerts?${query}`,
    });
    if (typed.switches.has('json')) for (const alert of alerts) printOut(`${JSON.stringify(alert)}\n`);
    else if (alerts.length === 0) printOut('Nothing is found.\n');
    else {
      const rows = alerts.map((one) => [
        String(one.id),
        one.state,
        one.severity,
        `${one.path}:${one.line}`,
        `${one.tool} ${one.rule}`,
        one.message.split('\n')[0] ?? '',
      ]);
      printOut(textTable(rows, { rightAligned: [0] }));
    }
    return exitStatus.success;
  });
}
