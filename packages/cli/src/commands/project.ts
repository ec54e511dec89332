import type { ProjectAnswer } from '@slipway/contracts/api/projects';
import type { UsageAnswer } from '@slipway/contracts/api/usage';
import { sizeText } from '@slipway/contracts/size-text';
import type { CommandSpec, Mistake, TypedArguments } from '../command-line/command.ts';
import { exitStatus } from '../command-line/exit-status.ts';
import { refuse } from '../command-line/refusal.ts';
import { meant } from '../command-line/suggestion.ts';
import { callServer } from '../server/call-server.ts';
import { readProjectRequest } from '../server/project-request.ts';
import { type ServerAccess, serverOptions } from '../server/server-access.ts';
import { withServer } from '../server/server-command.ts';
import { printOut } from '../view/print.ts';
import { textTable } from '../view/text-table.ts';
import type { Command } from './command-table.ts';

const spec: CommandSpec = {
  name: 'project',
  summary: 'create, list and change projects of a server',
  description: [
    'ACTION is list (default), create OWNER/NAME, show OWNER/NAME or set OWNER/NAME. A project is a repository: hosted by the server, which you push to, or with --github one on GitHub, whose webhooks the server takes.',
    'Secrets are read from a file of NAME=VALUE lines; what they were can be seen nowhere.',
  ],
  argument: { name: 'ACTION', repeatable: true, help: 'list, create NAME, show NAME, set NAME' },
  options: [
    ...serverOptions,
    { name: 'github', help: 'the repository is on GitHub' },
    {
      name: 'clone-url',
      value: 'URL',
      help: 'where git fetches from; default https://github.com/OWNER/NAME.git',
    },
    { name: 'api-url', value: 'URL', help: "of GitHub's REST interface; default https://api.github.com" },
    {
      name: 'reports',
      value: 'KINDS',
      help: 'what GitHub is told: status, check-run or both with a comma; default status',
    },
    { name: 'webhook-secret-file', value: 'FILE', help: 'the secret that signs webhooks' },
    { name: 'github-token-file', value: 'FILE', help: 'a token for fetching and for reports' },
    { name: 'default-branch', value: 'BRANCH', help: 'default main' },
    {
      name: 'retention-days',
      value: 'N',
      help: 'how long finished runs are kept, and bundles that no environment needs; default 90',
    },
    {
      name: 'rollback-releases',
      value: 'N',
      help: 'releases of each environment, before the one that serves, whose bundles are never removed; default 5',
    },
    {
      name: 'missed-schedules',
      value: 'POLICY',
      help: 'run-once (default) or skip: schedules that came while no server ran',
    },
    {
      name: 'fork-approval',
      value: 'WHOSE',
      help: 'pull requests from outside that start nothing before somebody approves: all (default), first-time or none',
    },
    {
      name: 'keep-failed-jobs',
      value: 'on|off',
      help: 'default on: rerun --from-step goes on in jobs that failed in the last 7 days',
    },
    {
      name: 'quota',
      value: 'KIND=SIZE',
      repeatable: true,
      help: 'of artifacts, caches, logs, kept-jobs or bundles, e.g. artifacts=20G',
    },
    {
      name: 'oidc-subject',
      value: 'FORM',
      help: 'name (default) or id: how ID tokens of its jobs name the repository',
    },
    { name: 'var', value: 'K=V', repeatable: true, help: 'a variable to set' },
    { name: 'secret-file', value: 'FILE', help: 'secrets to set, as NAME=VALUE lines' },
    { name: 'json', help: 'print one JSON object a line' },
  ],
  examples: [
    { line: 'slipway project create octo/app', says: 'hosted; prints where to push' },
    {
      line: 'slipway project create octo/app --github --webhook-secret-file s --github-token-file t',
      says: 'on GitHub',
    },
  ],
};

export const projectCommand: Command = { spec, execute };

async function execute(typed: TypedArguments): Promise<number> {
  const [action = 'list', name, surplus] = typed.arguments;
  const mistake = assessArguments(action, name, surplus);
  if (mistake !== null) return refuse([mistake]);
  const { request, secrets, vars, mistakes } = readProjectRequest(typed);
  if (mistakes.length > 0) return refuse(mistakes);
  return withServer(typed, async (access) => {
    if (action === 'list') return list(access, typed);
    const path = `/projects/${name}`;
    if (action === 'create') {
      await callServer(access, { method: 'POST', path: '/projects', body: { name, ...request } });
    } else if (action === 'set' && Object.keys(request).length > 0) {
      await callServer(access, { method: 'PATCH', path, body: request });
    }
    for (const [secret, value] of Object.entries(secrets)) {
      await callServer(access, { method: 'PUT', path: `${path}/secrets/${secret}`, body: { value } });
    }
    for (const [variable, value] of Object.entries(vars)) {
      await callServer(access, { method: 'PUT', path: `${path}/vars/${variable}`, body: { value } });
    }
    const project = await callServer<ProjectAnswer>(access, { path });
    show(project, await callServer<UsageAnswer>(access, { path: `${path}/usage` }), typed);
    return exitStatus.success;
  });
}

function assessArguments(
  action: string,
  name: string | undefined,
  surplus: string | undefined,
): Mistake | null {
  const actions = ['list', 'create', 'show', 'set'];
  if (!actions.includes(action)) {
    const mend = meant(action, actions) ?? 'Write list, create, show or set.';
    return { message: `there is no action '${action}'`, mend };
  }
  if (action !== 'list' && (name === undefined || !/^[^/]+\/[^/]+$/.test(name))) {
    return { message: `${action} needs the name of a project`, mend: `Write project ${action} OWNER/NAME.` };
  }
  const unexpected = action === 'list' ? name : surplus;
  if (unexpected === undefined) return null;
  return { message: `unexpected argument '${unexpected}'`, mend: 'Leave it out.' };
}

async function list(access: ServerAccess, typed: TypedArguments): Promise<number> {
  const { projects } = await callServer<{ projects: ProjectAnswer[] }>(access, { path: '/projects' });
  if (typed.switches.has('json')) for (const project of projects) printOut(`${JSON.stringify(project)}\n`);
  else if (projects.length === 0)
    printOut("There is no project yet: make one with 'slipway project create'.\n");
  else printOut(textTable(projects.map((one) => [one.name, one.settings.source.kind, one.gitUrl])));
  return exitStatus.success;
}

function show(project: ProjectAnswer, usage: UsageAnswer, typed: TypedArguments): void {
  if (typed.switches.has('json')) {
    printOut(`${JSON.stringify({ ...project, usage })}\n`);
    return;
  }
  const { name, settings, retentionDays, gitUrl, webhookUrl } = project;
  const rows = [
    ['project', name],
    [settings.source.kind === 'hosted' ? 'push to' : 'fetched from', gitUrl],
    ...(webhookUrl === undefined ? [] : [['webhook', webhookUrl]]),
    ['default branch', settings.defaultBranch],
    ['runs are kept', `${retentionDays} days`],
    [
      'bundles are kept',
      `${retentionDays} days, and as long as an environment could go back to them: ${settings.rollbackReleases} releases`,
    ],
    ['failed jobs', settings.keepFailedJobs ? 'are kept for rerun --from-step' : 'are not kept'],
    ...storageRows(usage),
  ];
  printOut(textTable(rows));
}

function storageRows({ artifacts, caches, logs, keptJobs, bundles }: UsageAnswer): string[][] {
  const kinds = { artifacts, caches, logs, 'kept jobs': keptJobs, bundles };
  return Object.entries(kinds).map(([kind, { usedBytes, quotaBytes }]) => [
    kind,
    `${sizeText(usedBytes)} of ${sizeText(quotaBytes)}`,
  ]);
}
