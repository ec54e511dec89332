import type { RotationAnswer, SecretsAnswer } from '@slipway/contracts/api/secrets';
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
  name: 'secrets',
  summary: 'list, set and remove secrets of a server',
  description: [
    'ACTION is list (default), set NAME, remove NAME or rotate-key. Secrets are of an organisation, a project or an environment; of a name that is set in several, the environment goes before the project, and the project before the organisation. What they are can be seen nowhere.',
    'set reads the value from the terminal, from its input or from --from-file; set with --file sets several at once.',
    'rotate-key seals all secrets of the server with a new key, while it goes on.',
  ],
  argument: { name: 'ACTION', repeatable: true, help: 'list, set NAME, remove NAME, rotate-key' },
  options: [
    ...scopeOptions,
    ...serverOptions,
    { name: 'from-file', value: 'FILE', help: 'the value; line ends after it are left out' },
    { name: 'file', value: 'FILE', help: 'several to set, as lines NAME=VALUE' },
    { name: 'json', help: 'print one JSON object a line' },
  ],
  examples: [
    { line: 'slipway secrets set NPM_TOKEN --project octo/app < token', says: 'of a project' },
    { line: 'slipway secrets set API_KEY --project octo/app --env production', says: 'asks for it' },
    { line: 'slipway secrets list --org octo', says: 'names and dates' },
  ],
};

export const secretsCommand: Command = { spec, execute };

const actions = ['list', 'set', 'remove', 'rotate-key'];

async function execute(typed: TypedArguments): Promise<number> {
  const [action = 'list', name] = typed.arguments;
  const mistake = assessArguments(typed, action);
  if (mistake !== null) return refuse([mistake]);
  if (action === 'rotate-key') return withServer(typed, rotateKey);
  const { path, mistake: lost } = readScope(typed, process.env);
  if (lost !== null) return refuse([lost]);
  if (action === 'list') return withServer(typed, (access) => list(access, path, typed));
  const place = `${path}/secrets`;
  if (action === 'remove') return withServer(typed, (access) => removeValue(access, place, name ?? ''));
  const { values, mistakes } = await valuesToSet(typed, name);
  if (mistakes.length > 0) return refuse(mistakes);
  return withServer(typed, (access) => setValues(access, place, values));
}

function assessArguments({ arguments: typed, values }: TypedArguments, action: string): Mistake | null {
  const [, name, surplus] = typed;
  if (!actions.includes(action)) {
    const mend = meant(action, actions) ?? 'Write list, set, remove or rotate-key.';
    return { message: `there is no action '${action}'`, mend };
  }
  const takesName = action === 'set' || action === 'remove';
  const hasFile = action === 'set' && values.has('file');
  if (takesName && name === undefined && !hasFile) {
    return { message: `${action} needs the name of a secret`, mend: `Write secrets ${action} NAME.` };
  }
  if (action === 'set' && surplus !== undefined) {
    return {
      message: 'a value is given as an argument, where everyone on this machine can see it',
      mend: 'Pipe it in, name a file with --from-file, or type it when you are asked.',
    };
  }
  const unexpected = takesName && !hasFile ? surplus : name;
  return unexpected === undefined
    ? null
    : { message: `unexpected argument '${unexpected}'`, mend: 'Leave it out.' };
}

async function valuesToSet(
  { values }: TypedArguments,
  name: string | undefined,
): Promise<{ values: Record<string, string>; mistakes: Mistake[] }> {
  const files = values.get('file') ?? [];
  if (files.length > 0 || name === undefined) {
    return readAssignments({ typed: [], option: 'secret', files, fileOption: 'file' });
  }
  const { value, mistake } = await readValue(name, values.get('from-file')?.[0]);
  return mistake === null ? { values: { [name]: value }, mistakes: [] } : { values: {}, mistakes: [mistake] };
}

async function list(access: ServerAccess, path: string, { switches }: TypedArguments): Promise<number> {
  const { secrets } = await callServer<SecretsAnswer>(access, { path: `${path}/secrets` });
  if (switches.has('json')) for (const secret of secrets) printOut(`${JSON.stringify(secret)}\n`);
  else if (secrets.length === 0) printOut('No secret is set here.\n');
  else printOut(textTable(secrets.map(({ name, updatedAt }) => [name, `set ${dateText(updatedAt)}`])));
  return exitStatus.success;
}

async function rotateKey(access: ServerAccess): Promise<number> {
  const { keyId, resealed } = await callServer<RotationAnswer>(access, {
    method: 'POST',
    path: '/secret-keys/rotate',
  });
  printOut(`Everything is sealed with the key ${keyId}; ${resealed} secrets were sealed anew.\n`);
  return exitStatus.success;
}

function dateText(at: number): string {
  return new Date(at).toISOString().slice(0, 16).replace('T', ' ');
}
