import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Mistake, OptionSpec, TypedArguments } from '../command-line/command.ts';

/** Where a server is and who asks. */
export interface ServerAccess {
  url: string;
  token: string;
}

/** Options of every command that may talk to a server. */
export const serverOptions: readonly OptionSpec[] = [
  { name: 'server', value: 'URL', help: 'of a Slipway server; SLIPWAY_SERVER' },
  { name: 'token', value: 'TOKEN', help: 'for the server; better in SLIPWAY_TOKEN, where nobody sees it' },
];

/** Whether a command that works with and without a server is meant for one. */
export function isForServer({ values }: TypedArguments, environment: NodeJS.ProcessEnv): boolean {
  return values.has('server') || Boolean(environment.SLIPWAY_SERVER);
}

/** From options, the environment, or `server` and `token` of `slipway/config.json` in the user's configuration folder. */
export function readServerAccess(
  { values }: TypedArguments,
  environment: NodeJS.ProcessEnv,
): { access: ServerAccess | null; mistakes: Mistake[] } {
  const { file, mistake } = readUserConfig(environment);
  if (mistake !== null) return { access: null, mistakes: [mistake] };
  const url = values.get('server')?.[0] ?? (environment.SLIPWAY_SERVER || file.server);
  // A token that was kept for one server is not shown to another.
  const kept = url === undefined || url === file.server ? file.token : undefined;
  const token = values.get('token')?.[0] ?? (environment.SLIPWAY_TOKEN || kept);
  const mistakes: Mistake[] = [];
  if (url === undefined) {
    mistakes.push({
      message: 'there is no server to ask',
      mend: 'Name one with --server or SLIPWAY_SERVER.',
    });
  } else if (!isWebAddress(url)) {
    mistakes.push({
      message: `'${url}' is no address of a server`,
      mend: 'Write http://HOST:PORT or https://HOST.',
    });
  }
  if (token === undefined) {
    mistakes.push({ message: 'there is no token for the server', mend: 'Set SLIPWAY_TOKEN.' });
  }
  if (url === undefined || token === undefined || mistakes.length > 0) return { access: null, mistakes };
  return { access: { url: url.replace(/\/+$/, ''), token }, mistakes };
}

interface UserConfig {
  server?: string;
  token?: string;
}

function readUserConfig({ XDG_CONFIG_HOME }: NodeJS.ProcessEnv): {
  file: UserConfig;
  mistake: Mistake | null;
} {
  const path = join(XDG_CONFIG_HOME || join(homedir(), '.config'), 'slipway', 'config.json');
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    return { file: {}, mistake: null };
  }
  try {
    const { server, token } = JSON.parse(text) as Record<string, unknown>;
    const file = {
      ...(typeof server === 'string' && { server }),
      ...(typeof token === 'string' && { token }),
    };
    return { file, mistake: null };
  } catch {
    return { file: {}, mistake: { message: `${path} is no JSON`, mend: 'Mend or remove it.' } };
  }
}

function isWebAddress(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
}
