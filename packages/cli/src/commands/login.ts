import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import type { MadeToken, SelfAnswer } from '@slipway/contracts/api/identity';
import { askLine, askUnseen, readPiped } from '../command-line/ask.ts';
import type { CommandSpec, TypedArguments } from '../command-line/command.ts';
import { exitStatus } from '../command-line/exit-status.ts';
import { refuse } from '../command-line/refusal.ts';
import { callServer, ServerRefusal } from '../server/call-server.ts';
import { isWebAddress, type ServerAccess } from '../server/server-access.ts';
import { readUserConfig, writeUserConfig } from '../server/user-config.ts';
import { printError, printOut } from '../view/print.ts';
import type { Command } from './command-table.ts';

const spec: CommandSpec = {
  name: 'login',
  summary: 'sign in at a server; other commands then know server and token',
  description: [
    'Asks for name and password, gets a token for them, and keeps it in slipway/config.json of your configuration folder, where only you can read it. With --with-token it takes a token that you have.',
    'Password and token are typed unseen, or piped in.',
  ],
  options: [
    { name: 'server', value: 'URL', help: 'of a Slipway server; SLIPWAY_SERVER' },
    { name: 'user', value: 'NAME', help: 'who you are there; default: you are asked' },
    { name: 'with-token', help: 'take a token instead of name and password' },
    { name: 'name', value: 'NAME', help: 'of the new token; default says this machine' },
    { name: 'expires-in-days', value: 'N', help: 'how long the new token is good; default 90, at most 366' },
  ],
  examples: [
    { line: 'slipway login --server https://ci.example.com', says: 'asks for name and password' },
    { line: 'slipway login --server https://ci.example.com --with-token < token', says: 'of a file' },
  ],
};

export const loginCommand: Command = { spec, execute };

async function execute({ values, switches }: TypedArguments): Promise<number> {
  const option = (name: string) => values.get(name)?.[0];
  const { file, mistake } = readUserConfig(process.env);
  if (mistake !== null) return refuse([mistake]);
  const url = option('server') ?? (process.env.SLIPWAY_SERVER || file.server) ?? (await ask('Server: '));
  if (!isWebAddress(url)) {
    return refuse([
      { message: `'${url}' is no address of a server`, mend: 'Write http://HOST:PORT or https://HOST.' },
    ]);
  }
  const days = Number(option('expires-in-days') ?? 90);
  if (!Number.isInteger(days) || days < 1 || days > 366) {
    return refuse([
      {
        message: `--expires-in-days '${option('expires-in-days')}' is no number of days`,
        mend: 'Write 1 to 366.',
      },
    ]);
  }
  const access: ServerAccess = { url: url.replace(/\/+$/, ''), token: '' };
  try {
    access.token = switches.has('with-token')
      ? await askSecret('Token (it is not shown): ')
      : await tokenFor(access, { user: option('user'), name: option('name'), days });
    const { name } = await callServer<SelfAnswer>(access, { path: '/user' });
    const path = writeUserConfig({ server: access.url, token: access.token }, process.env);
    printOut(`You are ${name} at ${access.url}; ${path} says so.\n`);
    return exitStatus.success;
  } catch (error) {
    if (!(error instanceof ServerRefusal)) throw error;
    printError(`slipway: ${error.message}\n`);
    return exitStatus.failure;
  }
}

async function tokenFor(
  access: ServerAccess,
  { user = '', name, days }: { user: string | undefined; name: string | undefined; days: number },
): Promise<string> {
  const who = user === '' ? await ask('Name: ') : user;
  const password = await askSecret('Password (it is not shown): ');
  const machine = hostname()
    .replaceAll(/[^A-Za-z0-9._-]+/g, '-')
    .slice(0, 40);
  const { token } = await callServer<MadeToken>(access, {
    method: 'POST',
    path: '/session/token',
    body: {
      user: who,
      password,
      name: name ?? `login-${machine}-${randomBytes(3).toString('hex')}`,
      expiresInDays: days,
    },
  });
  return token;
}

/** @throws ServerRefusal if nobody is there to answer */
async function ask(question: string): Promise<string> {
  if (process.stdin.isTTY) return askLine(question);
  throw new ServerRefusal(`'${question.trim()}' cannot be asked without a terminal: give it as an option`);
}

function askSecret(question: string): Promise<string> {
  return process.stdin.isTTY ? askUnseen(question) : readPiped();
}
