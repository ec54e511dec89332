import { forecastEvent } from '@slipway/workflow/forecast';
import type { CommandSpec, TypedArguments } from '../command-line/command.ts';
import { exitStatus } from '../command-line/exit-status.ts';
import { draftIdentities } from '../runs/open-event.ts';
import { planRuns, selectionOf } from '../runs/plan-runs.ts';
import { planJson, planText } from '../runs/plan-text.ts';
import { prepareCommand } from '../runs/prepare-command.ts';
import { printError, printOut } from '../view/print.ts';
import { chooseStyle, plainStyle } from '../view/style.ts';
import { isTerminal } from '../view/terminal.ts';
import { diagnosticsText } from '../workflows/diagnostics-text.ts';
import type { Command } from './command-table.ts';
import { eventArgument, workflowOptions } from './workflow-options.ts';

const spec: CommandSpec = {
  name: 'plan',
  summary: 'say what an event would run and why, and what it would not and why not',
  description: [
    'Takes the same options as slipway run, reads the same files, and runs nothing. Jobs are shown as if all that run succeed; what only the outputs of earlier jobs can decide is said to depend on them.',
    'Exit status: 0 planned; 2 the input is invalid.',
  ],
  argument: eventArgument,
  options: workflowOptions,
  examples: [
    { line: 'slipway plan', says: 'of a push' },
    { line: 'slipway plan pull_request --json', says: 'for a program' },
  ],
};

export const planCommand: Command = { spec, execute };

async function execute(typed: TypedArguments): Promise<number> {
  const command = await prepareCommand(typed);
  if (typeof command === 'number') return command;
  const { request, context, prepared, notices } = command;
  const selection = selectionOf(request);
  const { plan, diagnostics } = planRuns(prepared, draftIdentities(prepared), selection);
  for (const notice of notices) printError(`${notice}\n`);
  if (plan === undefined) {
    printError(diagnosticsText(diagnostics, plainStyle));
    return exitStatus.invalid;
  }
  const shown = {
    event: prepared.event,
    runs: forecastEvent(plan),
    notStarted: prepared.notStarted,
    labels: { given: request.runners, platform: process.platform, arch: process.arch },
  };
  const style = chooseStyle(context.environment, await isTerminal(context.environment));
  printOut(request.json ? planJson(shown) : planText(shown, style));
  return exitStatus.success;
}
