import { join } from 'node:path';
import {
  applyFix,
  detectPackageManager,
  type Finding,
  fixesFor,
  type MachineProbe,
  probeMachine,
} from '@slipway/runner/machine';
import { sweepInterrupted } from '@slipway/runner/recovery';
import { requirementsOf } from '@slipway/workflow/requirements';
import type { CommandSpec, TypedArguments } from '../command-line/command.ts';
import { exitStatus } from '../command-line/exit-status.ts';
import { refuse } from '../command-line/refusal.ts';
import { placeJob, readRunnerTargets } from '../machine/runner-labels.ts';
import { slipwayHome } from '../machine/slipway-home.ts';
import { findRepositoryRoot } from '../repository/repository-root.ts';
import { interruptionNotice } from '../runs/interruption-notice.ts';
import { version } from '../version.ts';
import { printError, printOut } from '../view/print.ts';
import { chooseStyle, type Style } from '../view/style.ts';
import { isTerminal } from '../view/terminal.ts';
import { createModelCache } from '../workflows/model-cache.ts';
import { readWorkflowModel } from '../workflows/read-models.ts';
import { readWorkflowFiles } from '../workflows/workflow-files.ts';
import type { Command } from './command-table.ts';

const spec: CommandSpec = {
  name: 'doctor',
  summary: 'say what this machine has and lacks for the workflows here',
  description: [
    'Looks at what Slipway needs and at what the workflows of the repository ask for: labels, shells, services, languages, programs.',
    'Exit status: 0 nothing is missing; 1 something is; 2 wrong usage.',
  ],
  options: [
    {
      name: 'workflows',
      short: 'W',
      value: 'PATH',
      repeatable: true,
      help: 'workflow file or folder of them; default .github/workflows',
    },
    {
      name: 'runner',
      value: 'LABEL=TARGET',
      repeatable: true,
      help: 'labels that are served, as for slipway run',
    },
    { name: 'fix', help: 'install what is missing with the package manager of this machine' },
    { name: 'json', help: 'print one JSON object a line' },
  ],
  examples: [
    { line: 'slipway doctor', says: 'look' },
    { line: 'slipway doctor --fix', says: 'look, install, look again' },
  ],
};

export const doctorCommand: Command = { spec, execute };

async function execute(typed: TypedArguments): Promise<number> {
  const home = slipwayHome(process.env);
  for (const run of await sweepInterrupted({ slipwayHome: home, now: Date.now() })) {
    printError(`${interruptionNotice(run)}\n`);
  }
  const probe = await probeOf(typed, home);
  if (typeof probe === 'number') return probe;
  let findings = await probeMachine(probe);
  if (typed.switches.has('fix') && (await install(findings))) findings = await probeMachine(probe);
  const style = chooseStyle(process.env, await isTerminal(process.env));
  const line = typed.switches.has('json') ? jsonLine : (finding: Finding) => textLine(finding, style);
  printOut(findings.map(line).join(''));
  return findings.some(({ status }) => status === 'missing') ? exitStatus.failure : exitStatus.success;
}

async function probeOf(typed: TypedArguments, home: string): Promise<MachineProbe | number> {
  const from = process.cwd();
  const root = findRepositoryRoot(from) ?? from;
  const named = typed.values.get('workflows') ?? [];
  const { files, mistakes } = readWorkflowFiles(root, { named, from });
  const runners = readRunnerTargets(typed.values.get('runner') ?? []);
  // Without workflows it is still worth knowing whether Slipway itself could work here.
  const wrong = [...runners.mistakes, ...(named.length === 0 ? [] : mistakes)];
  if (wrong.length > 0) return refuse(wrong);
  const cache = createModelCache(join(home, 'models'), version);
  const reads = await Promise.all(files.map((file) => readWorkflowModel(file, cache)));
  for (const { file, line, column, message } of reads.flatMap(({ diagnostics }) => diagnostics)) {
    printError(`${file}:${line}:${column}: ${message}\n`);
  }
  const labels = { given: runners.targets, platform: process.platform, arch: process.arch };
  return {
    requirements: reads.flatMap(({ value }) => (value === undefined ? [] : requirementsOf(value))),
    slipwayHome: home,
    repositoryRoot: root,
    unservedLabel(label) {
      const placement = placeJob([label], labels);
      return placement.kind === 'served' ? undefined : placement.reason;
    },
  };
}

/** @returns whether something was installed. */
async function install(findings: Finding[]): Promise<boolean> {
  const manager = detectPackageManager();
  if (manager === null) {
    printError('slipway: no package manager that Slipway knows is on this machine\n');
    return false;
  }
  const { commands, unavailable } = fixesFor(findings, manager);
  for (const tool of unavailable) printError(`${manager} has no package for ${tool}; install it by hand\n`);
  for (const command of commands) {
    printError(`+ ${command.words.join(' ')}\n`);
    if (await applyFix(command)) continue;
    printError(`slipway: ${command.words.join(' ')} failed\n`);
    return true;
  }
  return commands.length > 0;
}

function jsonLine(finding: Finding): string {
  return `${JSON.stringify(finding)}\n`;
}

function textLine({ subject, status, detail, neededBy, mend }: Finding, style: Style): string {
  const conclusion = ({ ok: 'success', warning: 'cancelled', missing: 'failure' } as const)[status];
  const mark = status === 'warning' ? style.conclusion('cancelled', '!') : style.mark(conclusion);
  const places =
    neededBy.length === 0 || status === 'ok'
      ? ''
      : `\n      ${style.dim(`needed by ${neededBy.join(', ')}`)}`;
  const help = mend === undefined || status === 'ok' ? '' : `\n      ${mend}`;
  return `${mark} ${subject}: ${detail}${places}${help}\n`;
}
