import type { EnvironmentAnswer, EnvironmentsAnswer } from '@slipway/contracts/api/environments';
import type { CommandSpec, Mistake, TypedArguments } from '../command-line/command.ts';
import { exitStatus } from '../command-line/exit-status.ts';
import { refuse } from '../command-line/refusal.ts';
import { meant } from '../command-line/suggestion.ts';
import { environmentRow, environmentText } from '../environments/environment-text.ts';
import { readSettings, settingOptions } from '../environments/settings-request.ts';
import { callServer } from '../server/call-server.ts';
import { type ServerAccess, serverOptions } from '../server/server-access.ts';
import { withServer } from '../server/server-command.ts';
import { printError, printOut } from '../view/print.ts';
import { textTable } from '../view/text-table.ts';
import type { Command } from './command-table.ts';

const spec: CommandSpec = {
  name: 'environments',
  summary: 'list, show and change the environments of a project of a server',
  description: [
    'ACTION is list (default), show NAME, set NAME or remove NAME. Environments are defined in slipway.yml on the default branch, and by set, which also goes before what the file says: who has to approve, for how long that holds, which branches and tags may enter, when nothing may.',
    'set changes what is given and leaves the rest; the word none empties a list. remove forgets what was set; an environment that the file does not define goes with its secrets and variables.',
  ],
  argument: { name: 'ACTION', repeatable: true, help: 'list, show NAME, set NAME, remove NAME' },
  options: [
    { name: 'project', value: 'OWNER/NAME', help: 'the project; default GITHUB_REPOSITORY' },
    ...settingOptions,
    ...serverOptions,
    { name: 'json', help: 'print one JSON object a line' },
  ],
  examples: [
    {
      line: 'slipway environments set production --project octo/app --reviewer alice --branch main',
      says: 'alice has to approve, and only main may enter',
    },
    { line: 'slipway environments --project octo/app', says: 'all of them' },
  ],
};

export const environmentsCommand: Command = { spec, execute };

const actions = ['list', 'show', 'set', 'remove'];

async function execute(typed: TypedArguments): Promise<number> {
  const [action = 'list', name = ''] = typed.arguments;
  const project = typed.values.get('project')?.[0] ?? process.env.GITHUB_REPOSITORY ?? '';
  const { settings, mistakes } = readSettings(typed);
  mistakes.push(...assessArguments(typed, action, project));
  if (mistakes.length > 0) return refuse(mistakes);
  const path = `/projects/${project}/environments`;
  const own = `${path}/${encodeURIComponent(name)}`;
  return withServer(typed, async (access) => {
    if (action === 'list') return list(access, path, typed);
    if (action === 'remove') await callServer(access, { method: 'DELETE', path: own });
    else if (action === 'show') show(await callServer<EnvironmentAnswer>(access, { path: own }), typed);
    else {
      const known = await callServer<EnvironmentsAnswer>(access, { path });
      const before = known.environments.find((one) => one.name.toLowerCase() === name.toLowerCase());
      const body = { ...before?.settings, ...settings };
      show(await callServer<EnvironmentAnswer>(access, { method: 'PUT', path: own, body }), typed);
    }
    return exitStatus.success;
  });
}

function assessArguments({ arguments: words }: TypedArguments, action: string, project: string): Mistake[] {
  const [, name, surplus] = words;
  if (!actions.includes(action)) {
    const mend = meant(action, actions) ?? 'Write list, show, set or remove.';
    return [{ message: `there is no action '${action}'`, mend }];
  }
  const mistakes: Mistake[] = [];
  if (!/^[^/\s]+\/[^/\s]+$/.test(project)) {
    mistakes.push({ message: 'there is no project', mend: 'Name one with --project OWNER/NAME.' });
  }
  if (action !== 'list' && name === undefined) {
    const message = `${action} needs the name of an environment`;
    mistakes.push({ message, mend: `Write environments ${action} NAME.` });
  }
  const unexpected = action === 'list' ? name : surplus;
  if (unexpected !== undefined) {
    mistakes.push({ message: `unexpected argument '${unexpected}'`, mend: 'Leave it out.' });
  }
  return mistakes;
}

async function list(access: ServerAccess, path: string, { switches }: TypedArguments): Promise<number> {
  const { environments, problem } = await callServer<EnvironmentsAnswer>(access, { path });
  if (switches.has('json')) for (const one of environments) printOut(`${JSON.stringify(one)}\n`);
  else if (environments.length === 0) printOut('No environment is defined.\n');
  else printOut(textTable(environments.map(environmentRow)));
  for (const { file, line, column, message, mend } of problem) {
    printError(`${file}:${line}:${column}: ${message}\n  ${mend}\n`);
  }
  if (problem.length > 0) printError('The last slipway.yml without mistakes stays in force.\n');
  return exitStatus.success;
}

function show(environment: EnvironmentAnswer, { switches }: TypedArguments): void {
  printOut(switches.has('json') ? `${JSON.stringify(environment)}\n` : environmentText(environment));
}
