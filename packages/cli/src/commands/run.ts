import { RunDirectoryError } from '@slipway/runner/recovery';
import type { CommandSpec, TypedArguments } from '../command-line/command.ts';
import { exitStatus } from '../command-line/exit-status.ts';
import { refuse } from '../command-line/refusal.ts';
import { debugOptions, readDebugRequest, unreachableBreakpoints } from '../debug/debug-request.ts';
import { openDebugger } from '../debug/open-debugger.ts';
import { readReportFiles } from '../reports/write-reports.ts';
import { openEvent } from '../runs/open-event.ts';
import { selectionOf } from '../runs/plan-runs.ts';
import { type PreparedCommand, prepareCommand } from '../runs/prepare-command.ts';
import { runOpened } from '../runs/run-opened.ts';
import { printError, printOut } from '../view/print.ts';
import { plainStyle } from '../view/style.ts';
import { diagnosticsText } from '../workflows/diagnostics-text.ts';
import type { Command } from './command-table.ts';
import {
  approveOption,
  eventArgument,
  keepOptions,
  reportOptions,
  workflowOptions,
} from './workflow-options.ts';

const spec: CommandSpec = {
  name: 'run',
  summary: 'run the workflows that an event starts, on this machine',
  description: [
    'Does what the event would do on GitHub: finds the workflows of the repository that it starts and runs their jobs as processes of this machine, in workspaces of their own. actions/checkout gives jobs the working tree as it is, uncommitted changes included.',
    'Ctrl-C cancels: steps that ask for it still run. Twice kills. Logs are kept under .slipway/runs.',
    'Exit status: 0 everything succeeded; 1 a run failed; 2 the input is invalid and nothing ran; 130 cancelled.',
  ],
  argument: eventArgument,
  options: [...workflowOptions, approveOption, ...debugOptions, ...keepOptions, ...reportOptions],
  examples: [
    { line: 'slipway run', says: 'what a push would do' },
    { line: 'slipway run pull_request -j test', says: 'the job test and what it needs' },
    {
      line: 'slipway run workflow_dispatch -W .github/workflows/release.yml -i version=1.2.3',
      says: 'a dispatch',
    },
    { line: 'slipway run -s NPM_TOKEN --fail-on-skip --json', says: 'in a script' },
  ],
};

export const runCommand: Command = { spec, execute };

async function execute(typed: TypedArguments): Promise<number> {
  const { debug, mistakes } = await readDebugRequest(typed);
  if (mistakes.length > 0) return refuse(mistakes);
  const command = await prepareCommand(typed);
  if (typeof command === 'number') return command;
  const { request, home, prepared } = command;
  if (prepared.started.length === 0) return nothingStarts(command);
  const selection = selectionOf(request);
  const unreachable = debug === null ? [] : unreachableBreakpoints(debug, prepared, selection);
  if (unreachable.length > 0) return refuse(unreachable);
  const debugging = debug === null ? null : await openDebugger(debug);
  if (debugging?.mistake) return refuse([debugging.mistake]);
  try {
    const { opened, diagnostics } = openEvent(prepared, { home, selection, now: Date.now });
    if (opened !== null)
      return await runOpened(opened, {
        command,
        debug: debugging?.open ?? null,
        checkpoint: typed.switches.has('checkpoint'),
        reports: readReportFiles(typed),
        approved: typed.values.get('approve') ?? [],
      });
    printError(diagnosticsText(diagnostics, plainStyle));
    return exitStatus.invalid;
  } catch (error) {
    if (!(error instanceof RunDirectoryError)) throw error;
    printError(`slipway: ${error.message}\n`);
    return exitStatus.failure;
  }
}

/** Not a failure: GitHub would do nothing either. */
function nothingStarts({ request, prepared, notices }: PreparedCommand): number {
  if (request.json) printOut(`${JSON.stringify({ kind: 'summary', conclusion: 'skipped', runs: [] })}\n`);
  const reasons = prepared.notStarted.map(({ workflow, reason }) => `  ${workflow.path}: ${reason}`);
  const lines = [...notices, `No workflow runs on ${request.event}.`, ...reasons];
  printError(`${lines.join('\n')}\n`);
  return exitStatus.success;
}
