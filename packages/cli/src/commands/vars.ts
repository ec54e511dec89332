import type { VariablesAnswer } from '@slipway/contracts/api/secrets';
import type { CommandSpec, Mistake, TypedArguments } from '../command-line/command.ts';
import { exitStatus } from '../command-line/exit-status.ts';
import { refuse } from '../command-line/refusal.ts';
import { meant } from '../command-line/suggestion.ts';
import { readAssignments } from '../event/assignments.ts';
import { removeValue, setValues } from '../secrets/named-values.ts';
import { readScope, scopeOptions } from '../secrets/scope-request.ts';
import { readValue } from '../secrets/typed-value.ts';
import { callServer } from '../server/call-server.ts';
import { type ServerAccess, serverOptions } from '../server/server-access.ts';
import { withServer } from '../server/server-command.ts';
import { printOut } from '../view/print.ts';
import { textTable } from '../view/text-table.ts';
import type { Command } from './command-table.ts';

const spec: CommandSpec = {
  name: 'vars',
  summary: 'list, set and remove variables of a server',
  description: [
    'ACTION is list (default), set NAME=VALUE… or remove NAME. Variables are the vars context of workflows, of an organisation, a project or an environment; of a name that is set in several, the environment goes before the project, and the project before the organisation.',
    'set NAME without a value reads it from its input or from --from-file.',
  ],
  argument: { name: 'ACTION', repeatable: true, help: 'list, set NAME=VALUE…, remove NAME' },
  options: [
    ...scopeOptions,
    ...serverOptions,
    { name: 'from-file', value: 'FILE', help: 'the value; line ends after it are left out' },
    { name: 'file', value: 'FILE', help: 'several to set, as lines NAME=VALUE' },
    { name: 'json', help: 'print one JSON object a line' },
  ],
  examples: [
    {
      line: 'slipway vars set REGION=eu-west-1 --project octo/app --env production',
      says: 'of an environment',
    },
    { line: 'slipway vars --org octo', says: 'what all projects of octo have' },
  ],
};

export const varsCommand: Command = { spec, execute };

const actions = ['list', 'set', 'remove'];

async function execute(typed: TypedArguments): Promise<number> {
  const [action = 'list', ...names] = typed.arguments;
  const mistake = assessArguments(typed, action);
  if (mistake !== null) return refuse([mistake]);
  const { path, mistake: lost } = readScope(typed, process.env);
  if (lost !== null) return refuse([lost]);
  if (action === 'list') return withServer(typed, (access) => list(access, path, typed));
  const place = `${path}/vars`;
  if (action === 'remove') return withServer(typed, (access) => removeValue(access, place, names[0] ?? ''));
  const { values, mistakes } = await valuesToSet(typed, names);
  if (mistakes.length > 0) return refuse(mistakes);
  return withServer(typed, (access) => setValues(access, place, values));
}

function assessArguments({ arguments: typed, values }: TypedArguments, action: string): Mistake | null {
  const [, ...names] = typed;
  if (!actions.includes(action)) {
    return {
      message: `there is no action '${action}'`,
      mend: meant(action, actions) ?? 'Write list, set or remove.',
    };
  }
  const hasFile = action === 'set' && values.has('file');
  if (action !== 'list' && names.length === 0 && !hasFile) {
    const mend = action === 'set' ? 'Write vars set NAME=VALUE.' : 'Write vars remove NAME.';
    return { message: `${action} needs the name of a variable`, mend };
  }
  const [unexpected] = action === 'list' ? names : action === 'remove' ? names.slice(1) : [];
  return unexpected === undefined
    ? null
    : { message: `unexpected argument '${unexpected}'`, mend: 'Leave it out.' };
}

async function valuesToSet(
  { values }: TypedArguments,
  names: readonly string[],
): Promise<{ values: Record<string, string>; mistakes: Mistake[] }> {
  const [only] = names;
  if (names.length === 1 && only !== undefined && !only.includes('=')) {
    const { value, mistake } = await readValue(only, values.get('from-file')?.[0]);
    return mistake === null
      ? { values: { [only]: value }, mistakes: [] }
      : { values: {}, mistakes: [mistake] };
  }
  const files = values.get('file') ?? [];
  return readAssignments({ typed: names, files, fileOption: 'file' });
}

async function list(access: ServerAccess, path: string, { switches }: TypedArguments): Promise<number> {
  const { vars } = await callServer<VariablesAnswer>(access, { path: `${path}/vars` });
  if (switches.has('json')) for (const variable of vars) printOut(`${JSON.stringify(variable)}\n`);
  else if (vars.length === 0) printOut('No variable is set here.\n');
  else printOut(textTable(vars.map(({ name, value }) => [name, value.replaceAll('\n', '\\n')])));
  return exitStatus.success;
}
