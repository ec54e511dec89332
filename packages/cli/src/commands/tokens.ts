import { type MadeToken, permissionNames, type TokenAnswer } from '@slipway/contracts/api/identity';
import type { CommandSpec, Mistake, TypedArguments } from '../command-line/command.ts';
import { exitStatus } from '../command-line/exit-status.ts';
import { refuse } from '../command-line/refusal.ts';
import { meant } from '../command-line/suggestion.ts';
import { callServer } from '../server/call-server.ts';
import { type ServerAccess, serverOptions } from '../server/server-access.ts';
import { withServer } from '../server/server-command.ts';
import { printError, printOut } from '../view/print.ts';
import { textTable } from '../view/text-table.ts';
import type { Command } from './command-table.ts';

const spec: CommandSpec = {
  name: 'tokens',
  summary: 'list, create and revoke tokens of a server',
  description: [
    'ACTION is list (default), create NAME or revoke ID. create prints the token, and nothing ever shows it again; give it to programs in SLIPWAY_TOKEN, or to git as the password.',
    `A token may what its owner may, less if --scope or --project limit it. Scopes: ${permissionNames.join(', ')}.`,
    'With --runner it is for slipway runner, and good for nothing else; the runners that use it are called NAME/….',
  ],
  argument: { name: 'ACTION', repeatable: true, help: 'list, create NAME, revoke ID' },
  options: [
    ...serverOptions,
    { name: 'scope', value: 'SCOPE', repeatable: true, help: 'limit the token to this; default: to nothing' },
    { name: 'project', value: 'OWNER/NAME', help: 'limit the token to this project' },
    { name: 'expires-in-days', value: 'N', help: 'default 90, at most 366; of a runner: never' },
    { name: 'user', value: 'NAME', help: 'make it for somebody else; admins of the server only' },
    { name: 'runner', help: 'make it for runners; admins of the server only' },
    { name: 'all', help: 'list those of everybody; admins of the server only' },
    { name: 'json', help: 'print one JSON object a line' },
  ],
  examples: [
    {
      line: 'slipway tokens create ci --scope run.write --project octo/app',
      says: 'starts runs of one project',
    },
    { line: 'slipway tokens create pool --runner > token', says: 'for a machine that joins as a runner' },
    { line: 'slipway tokens revoke 7', says: 'by its number in the list' },
  ],
};

export const tokensCommand: Command = { spec, execute };

async function execute(typed: TypedArguments): Promise<number> {
  const [action = 'list', word = ''] = typed.arguments;
  const mistakes = assess(typed, action);
  if (mistakes.length > 0) return refuse(mistakes);
  return withServer(typed, async (access) => {
    if (action === 'list') return list(access, typed);
    if (action === 'create') return create(access, word, typed);
    await callServer(access, { method: 'DELETE', path: `/tokens/${word}` });
    return exitStatus.success;
  });
}

function assess({ arguments: words, values, switches }: TypedArguments, action: string): Mistake[] {
  const actions = ['list', 'create', 'revoke'];
  const mistakes: Mistake[] = [];
  if (!actions.includes(action)) {
    const mend = meant(action, actions) ?? 'Write list, create or revoke.';
    return [{ message: `there is no action '${action}'`, mend }];
  }
  const [, word, surplus] = words;
  const unexpected = action === 'list' ? word : surplus;
  if (unexpected !== undefined)
    mistakes.push({ message: `unexpected argument '${unexpected}'`, mend: 'Leave it out.' });
  if (action === 'create' && word === undefined) {
    mistakes.push({ message: 'a token needs a name', mend: 'Write slipway tokens create NAME.' });
  }
  if (action === 'revoke' && !/^\d+$/.test(word ?? '')) {
    mistakes.push({ message: 'revoke needs the number of a token', mend: 'slipway tokens list shows it.' });
  }
  for (const scope of values.get('scope') ?? []) {
    if ((permissionNames as readonly string[]).includes(scope)) continue;
    const mend = meant(scope, permissionNames) ?? `Use one of ${permissionNames.join(', ')}.`;
    mistakes.push({ message: `there is no scope '${scope}'`, mend });
  }
  const days = values.get('expires-in-days')?.[0];
  if (days !== undefined && !/^[1-9]\d{0,3}$/.test(days)) {
    mistakes.push({
      message: `--expires-in-days '${days}' is no number of days`,
      mend: 'Write a whole number.',
    });
  }
  for (const option of switches.has('runner') ? ['scope', 'project', 'user'] : []) {
    if (values.has(option))
      mistakes.push({ message: `--${option} is not for runners`, mend: 'Leave it out.' });
  }
  return mistakes;
}

async function create(access: ServerAccess, name: string, typed: TypedArguments): Promise<number> {
  const { values, switches } = typed;
  const days = values.get('expires-in-days')?.[0];
  const scopes = values.get('scope');
  const project = values.get('project')?.[0];
  const user = values.get('user')?.[0];
  const body = {
    kind: switches.has('runner') ? 'runner' : 'person',
    name,
    ...(days !== undefined && { expiresInDays: Number(days) }),
    ...(scopes !== undefined && { scopes }),
    ...(project !== undefined && { project }),
    ...(user !== undefined && { user }),
  };
  const made = await callServer<MadeToken>(access, { method: 'POST', path: '/tokens', body });
  if (switches.has('json')) {
    printOut(`${JSON.stringify(made)}\n`);
    return exitStatus.success;
  }
  // Alone on the standard output: it can go into a file or a variable.
  printOut(`${made.token}\n`);
  printError(`Token ${made.id} of ${ownerText(made)} ${lifeText(made)}; it is shown this once.\n`);
  return exitStatus.success;
}

async function list(access: ServerAccess, { switches }: TypedArguments): Promise<number> {
  const path = switches.has('all') ? '/tokens?all=true' : '/tokens';
  const { tokens } = await callServer<{ tokens: TokenAnswer[] }>(access, { path });
  if (switches.has('json')) for (const token of tokens) printOut(`${JSON.stringify(token)}\n`);
  else if (tokens.length === 0) printOut("There is no token yet: make one with 'slipway tokens create'.\n");
  else {
    const rows = tokens.map((token) => [
      String(token.id),
      token.name,
      ownerText(token),
      limitText(token),
      lifeText(token),
    ]);
    printOut(textTable(rows, { rightAligned: [0] }));
  }
  return exitStatus.success;
}

function ownerText({ kind, owner }: TokenAnswer): string {
  return kind === 'runner' ? 'runners' : owner;
}

function limitText({ kind, scopes, project }: TokenAnswer): string {
  if (kind === 'runner') return 'runs jobs';
  const what = scopes === null ? 'everything' : scopes.join(', ') || 'nothing';
  return project === null ? what : `${what} of ${project}`;
}

function lifeText({ expiresAt, revokedAt }: TokenAnswer): string {
  if (revokedAt !== null) return `revoked ${dayOf(revokedAt)}`;
  return expiresAt === null ? 'does not expire' : `is good until ${dayOf(expiresAt)}`;
}

function dayOf(at: number): string {
  return new Date(at).toISOString().slice(0, 10);
}
