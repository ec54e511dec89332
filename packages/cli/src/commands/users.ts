import {
  type MemberAnswer,
  roleNames,
  type UserAnswer,
  type UserLinkAnswer,
} from '@slipway/contracts/api/identity';
import { askUnseen, readPiped } from '../command-line/ask.ts';
import type { CommandSpec, Mistake, TypedArguments } from '../command-line/command.ts';
import { exitStatus } from '../command-line/exit-status.ts';
import { refuse } from '../command-line/refusal.ts';
import { meant } from '../command-line/suggestion.ts';
import { callServer, ServerRefusal } from '../server/call-server.ts';
import { type ServerAccess, serverOptions } from '../server/server-access.ts';
import { withServer } from '../server/server-command.ts';
import { printOut } from '../view/print.ts';
import { textTable } from '../view/text-table.ts';
import type { Command } from './command-table.ts';

const spec: CommandSpec = {
  name: 'users',
  summary: 'list, add and remove users of a server, and give them roles',
  description: [
    'ACTION is list (default), add NAME, remove NAME, link NAME, admin NAME yes|no, role NAME ROLE or password. add and link print a link that is good once, for a day: who opens it chooses a password.',
    'ROLE is reader, developer, deployer or admin of the project that --project names; none takes the role away. An admin of the server may everything everywhere.',
    'password asks for your own and another one, unseen, or reads them from two lines that are piped in; your sessions in browsers end. Who has forgotten it gets a link from an admin of the server.',
    'remove ends tokens, sessions and roles; the name stays taken, as the audit log speaks of it, until add gives it back.',
  ],
  argument: {
    name: 'ACTION',
    repeatable: true,
    help: 'list, add NAME, remove NAME, link NAME, admin NAME yes|no, role NAME ROLE, password',
  },
  options: [
    ...serverOptions,
    { name: 'project', value: 'OWNER/NAME', help: 'where the role is; with list: who has one there' },
    { name: 'server-admin', help: 'with add: an admin of the server' },
    { name: 'json', help: 'print one JSON object a line' },
  ],
  examples: [
    { line: 'slipway users add grace', says: 'prints the link for her' },
    { line: 'slipway users role grace deployer --project octo/app', says: 'may deploy there' },
  ],
};

export const usersCommand: Command = { spec, execute };

/** How many words each action takes. */
const actions = { list: 0, add: 1, remove: 1, link: 1, admin: 2, role: 2, password: 0 } as const;
type Action = keyof typeof actions;

async function execute(typed: TypedArguments): Promise<number> {
  const [action = 'list', name = '', word = ''] = typed.arguments;
  const mistake = assess(typed, action);
  if (mistake !== null) return refuse([mistake]);
  return withServer(typed, (access) => perform(access, { action: action as Action, name, word }, typed));
}

async function perform(
  access: ServerAccess,
  { action, name, word }: { action: Action; name: string; word: string },
  typed: TypedArguments,
): Promise<number> {
  const path = `/users/${encodeURIComponent(name)}`;
  const change = (body: object) => callServer(access, { method: 'PATCH', path, body });
  switch (action) {
    case 'list':
      return typed.values.has('project') ? listMembers(access, typed) : list(access, typed);
    case 'add': {
      const body = { name, isServerAdmin: typed.switches.has('server-admin') };
      return showLink(await callServer(access, { method: 'POST', path: '/users', body }), typed);
    }
    case 'link':
      return showLink(await callServer(access, { method: 'POST', path: `${path}/link` }), typed);
    case 'remove':
      await change({ disabled: true });
      return exitStatus.success;
    case 'admin':
      await change({ isServerAdmin: word === 'yes' });
      return exitStatus.success;
    case 'role': {
      const member = `/projects/${typed.values.get('project')?.[0]}/members/${encodeURIComponent(name)}`;
      if (word === 'none') await callServer(access, { method: 'DELETE', path: member });
      else await callServer(access, { method: 'PUT', path: member, body: { role: word } });
      return exitStatus.success;
    }
    case 'password':
      await callServer(access, { method: 'POST', path: '/user/password', body: await askPasswords() });
      printOut('It is changed; your sessions in browsers have ended.\n');
      return exitStatus.success;
    default:
      return action satisfies never;
  }
}

function assess({ arguments: words, values }: TypedArguments, action: string): Mistake | null {
  const known = Object.keys(actions);
  if (!Object.hasOwn(actions, action)) {
    const mend = meant(action, known) ?? `Write ${known.join(', ')}.`;
    return { message: `there is no action '${action}'`, mend };
  }
  const wanted = actions[action as Action];
  if (words.length - 1 > wanted)
    return { message: `unexpected argument '${words[wanted + 1]}'`, mend: 'Leave it out.' };
  if (words.length - 1 < wanted && action !== 'list') {
    return { message: `${action} lacks something`, mend: `Write slipway users ${usage[action as Action]}.` };
  }
  const word = words[2] ?? '';
  if (action === 'admin' && !/^(?:yes|no)$/.test(word)) {
    return { message: `'${word}' is neither yes nor no`, mend: 'Write slipway users admin NAME yes|no.' };
  }
  if (action !== 'role') return null;
  const roles: string[] = [...roleNames, 'none'];
  if (!roles.includes(word)) {
    return {
      message: `there is no role '${word}'`,
      mend: meant(word, roles) ?? `Write ${roles.join(', ')}.`,
    };
  }
  if (values.has('project')) return null;
  return { message: 'a role is of a project', mend: 'Name it with --project OWNER/NAME.' };
}

const usage: Record<Action, string> = {
  list: 'list',
  add: 'add NAME',
  remove: 'remove NAME',
  link: 'link NAME',
  admin: 'admin NAME yes|no',
  role: 'role NAME ROLE --project OWNER/NAME',
  password: 'password',
};

/** @throws ServerRefusal if the new one was typed in two ways */
async function askPasswords(): Promise<{ current: string; password: string }> {
  if (!process.stdin.isTTY) {
    const [current = '', password = ''] = (await readPiped()).split(/\r?\n/);
    return { current, password };
  }
  const current = await askUnseen('Password that you have (it is not shown): ');
  const password = await askUnseen('Password that you want: ');
  if ((await askUnseen('The same again: ')) === password) return { current, password };
  throw new ServerRefusal('the two are not the same: nothing is changed');
}

async function list(access: ServerAccess, typed: TypedArguments): Promise<number> {
  const { users } = await callServer<{ users: UserAnswer[] }>(access, { path: '/users' });
  if (typed.switches.has('json')) for (const user of users) printOut(`${JSON.stringify(user)}\n`);
  else if (users.length === 0) printOut("There is no user yet: make one with 'slipway users add'.\n");
  else printOut(textTable(users.map(rowOf)));
  return exitStatus.success;
}

function rowOf({ name, isServerAdmin, roles, signsInBy, disabled }: UserAnswer): string[] {
  if (disabled) return [name, 'removed'];
  const own = Object.entries(roles).map(([project, role]) => `${role} of ${project}`);
  const how = { password: 'by password', oidc: 'by OIDC', none: 'has no password yet' }[signsInBy];
  return [name, how, isServerAdmin ? 'admin of the server' : own.join(', ') || 'no role'];
}

async function listMembers(access: ServerAccess, typed: TypedArguments): Promise<number> {
  const project = typed.values.get('project')?.[0];
  const path = `/projects/${project}/members`;
  const { members } = await callServer<{ members: MemberAnswer[] }>(access, { path });
  if (typed.switches.has('json')) for (const member of members) printOut(`${JSON.stringify(member)}\n`);
  else if (members.length === 0) printOut(`Nobody has a role in ${project}.\n`);
  else {
    const rows = members.map(({ user, role, source }) => [user, role, source === 'oidc' ? 'by OIDC' : '']);
    printOut(textTable(rows));
  }
  return exitStatus.success;
}

function showLink(made: UserLinkAnswer, { switches }: TypedArguments): number {
  if (switches.has('json')) printOut(`${JSON.stringify(made)}\n`);
  else printOut(`${made.user.name} chooses a password at ${made.link} (good once, for a day).\n`);
  return exitStatus.success;
}
