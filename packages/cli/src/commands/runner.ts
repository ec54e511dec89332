import { hostname } from 'node:os';
import type { CommandSpec, TypedArguments } from '../command-line/command.ts';
import { exitStatus } from '../command-line/exit-status.ts';
import { refuse } from '../command-line/refusal.ts';
import { hostLabels } from '../machine/host-labels.ts';
import { slipwayHome } from '../machine/slipway-home.ts';
import { endSignals } from '../serve/end-signals.ts';
import { runnerMachine } from '../serve/runner-machine.ts';
import { readServerAccess, serverOptions } from '../server/server-access.ts';
import { printError, printOut } from '../view/print.ts';
import type { Command } from './command-table.ts';

const spec: CommandSpec = {
  name: 'runner',
  summary: 'join a server as a runner',
  description: [
    'Takes jobs of the server, one at a time in each slot, each in a fresh workspace, and executes them on this machine. It only asks: it may sit behind any firewall. A server that is away is waited for, and what the jobs said meanwhile is caught up.',
    'SIGTERM or SIGINT: no more jobs are taken, those under way are waited for; a second one ends them at once.',
  ],
  options: [
    ...serverOptions,
    {
      name: 'name',
      value: 'NAME',
      help: "unique among the server's runners; default the name of this machine",
    },
    {
      name: 'labels',
      value: 'A,B',
      help: 'default self-hosted, what this machine is, and the images of GitHub that it stands in for',
    },
    { name: 'slots', value: 'N', help: 'jobs at a time; default 1' },
  ],
  examples: [
    {
      line: 'slipway runner --server https://ci.example.com --labels self-hosted,gpu',
      says: 'with its labels',
    },
  ],
};

export const runnerCommand: Command = { spec, execute };

async function execute(typed: TypedArguments): Promise<number> {
  const { access, mistakes } = readServerAccess(typed, process.env);
  const slots = Number(typed.values.get('slots')?.[0] ?? 1);
  if (!Number.isInteger(slots) || slots < 1 || slots > 1000) {
    mistakes.push({
      message: `--slots '${typed.values.get('slots')?.[0]}' is no number of jobs`,
      mend: 'Write 1 to 1000.',
    });
  }
  const labels = labelsOf(typed.values.get('labels')?.[0]);
  if (labels.length === 0)
    mistakes.push({ message: '--labels names none', mend: 'Write labels with commas.' });
  if (access === null || mistakes.length > 0) return refuse(mistakes);
  const { httpGateway, startAgent } = await import('@slipway/runner/agent');
  const signals = endSignals();
  const name = typed.values.get('name')?.[0] ?? hostname();
  const agent = startAgent({
    gateway: httpGateway(access),
    name,
    labels,
    machine: runnerMachine(slipwayHome(process.env), process.env),
    slots,
    onTrouble: (error) => printError(`slipway: ${error instanceof Error ? error.message : error}\n`),
  });
  printOut(`${name} takes jobs of ${access.url} that want ${labels.join(', ')}.\n`);
  await signals.first;
  printOut(`No more jobs are taken; ${agent.busy} under way.\n`);
  const isDrained = await Promise.race([agent.drain().then(() => true), signals.second.then(() => false)]);
  if (!isDrained) await agent.kill();
  return exitStatus.success;
}

function labelsOf(typed: string | undefined): string[] {
  if (typed === undefined) return hostLabels(process.platform, process.arch);
  return typed
    .split(',')
    .map((label) => label.trim())
    .filter((label) => label !== '');
}
