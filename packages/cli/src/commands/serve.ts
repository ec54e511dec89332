import type { CommandSpec, TypedArguments } from '../command-line/command.ts';
import { exitStatus } from '../command-line/exit-status.ts';
import { refuse } from '../command-line/refusal.ts';
import { readServeConfig } from '../serve/read-config.ts';
import { printError } from '../view/print.ts';
import type { Command } from './command-table.ts';

const spec: CommandSpec = {
  name: 'serve',
  summary: "run a team's pipeline: a server with runners",
  description: [
    'Hosts repositories to push to and takes webhooks of GitHub; every push, pull request, schedule and dispatch runs its workflows, on runners in this process and on those that join with slipway runner. At its first start it prints the admin token, once.',
    'Settings come from --config (YAML or JSON), over them from SLIPWAY_* and DATABASE_URL, over them from options. Several servers with one DATABASE_URL share their --data.',
    'SIGTERM or SIGINT: no more jobs are taken, those under way are waited for; a second one ends everything at once, and loses nothing that was acknowledged.',
  ],
  options: [
    { name: 'data', value: 'DIR', help: 'folder of everything that is kept; SLIPWAY_DATA' },
    { name: 'listen', value: 'HOST:PORT', help: 'default 127.0.0.1:8080; port 0 takes any' },
    {
      name: 'url',
      value: 'URL',
      help: 'where people, GitHub and runners reach the server; default: where it listens',
    },
    { name: 'runners', value: 'N', help: 'jobs at a time in this process; default one per core' },
    { name: 'labels', value: 'A,B', help: 'labels of these runners; default those of this machine' },
    { name: 'database', value: 'URL', help: 'postgres://…; default a file in the data folder; DATABASE_URL' },
    {
      name: 'secret-key-file',
      value: 'FILE',
      help: 'key that secrets are sealed with, 32 bytes in base64 or hex, and below it older ones; default: made in the data folder; SLIPWAY_SECRET_KEY holds keys themselves',
    },
    { name: 'config', value: 'FILE', help: 'settings as YAML or JSON; SLIPWAY_CONFIG' },
    {
      name: 'drain-seconds',
      value: 'N',
      help: 'how long jobs under way are waited for at the end; default 3600',
    },
    { name: 'log-level', value: 'LEVEL', help: 'debug, info, warn, error or silent; default info' },
    { name: 'new-admin-token', help: 'make another admin token, print it and end; the old one is void' },
  ],
  examples: [
    { line: 'slipway serve --data /var/lib/slipway', says: 'on this machine only' },
    { line: 'slipway serve --config /etc/slipway.yml', says: 'as the file says' },
  ],
};

export const serveCommand: Command = { spec, execute };

async function execute(typed: TypedArguments): Promise<number> {
  const { config, mistakes } = readServeConfig(typed, process.env);
  if (config === null) return refuse(mistakes);
  const { runServer, renewAdminToken } = await import('../serve/run-server.ts');
  try {
    return typed.switches.has('new-admin-token') ? await renewAdminToken(config) : await runServer(config);
  } catch (error) {
    printError(`slipway: ${error instanceof Error ? error.message : error}\n`);
    return exitStatus.failure;
  }
}
