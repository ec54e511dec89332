import type { Mistake, OptionSpec, TypedArguments } from '../command-line/command.ts';
import { readUserConfig } from './user-config.ts';

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
      mend: 'Name one with --server or SLIPWAY_SERVER, or sign in with slipway login.',
    });
  } else if (!isWebAddress(url)) {
    mistakes.push({
      message: `'${url}' is no address of a server`,
      mend: 'Write http://HOST:PORT or https://HOST.',
    });
  }
  if (token === undefined) {
    mistakes.push({
      message: 'there is no token for the server',
      mend: 'Set SLIPWAY_TOKEN, or sign in with slipway login.',
    });
  }
  if (url === undefined || token === undefined || mistakes.length > 0) return { access: null, mistakes };
  return { access: { url: url.replace(/\/+$/, ''), token }, mistakes };
}

export function isWebAddress(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
}
