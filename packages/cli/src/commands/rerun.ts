import { RunDirectoryError, sweepInterrupted } from '@slipway/runner/recovery';
import type { CommandSpec, Mistake, TypedArguments } from '../command-line/command.ts';
import { exitStatus } from '../command-line/exit-status.ts';
import { refuse } from '../command-line/refusal.ts';
import { debugOptions, readDebugRequest, unreachableBreakpoints } from '../debug/debug-request.ts';
import { openDebugger } from '../debug/open-debugger.ts';
import { type RecordedRun, readRecordedRun } from '../history/recorded-run.ts';
import { findRun, type KeptRun } from '../history/run-history.ts';
import { slipwayHome } from '../machine/slipway-home.ts';
import { readReportFiles } from '../reports/write-reports.ts';
import { findRepositoryRoot } from '../repository/repository-root.ts';
import type { RerunScope } from '../rerun/jobs-to-repeat.ts';
import { openRerun } from '../rerun/open-rerun.ts';
import { prepareRerun, wasEditedSince } from '../rerun/prepare-rerun.ts';
import { repeatRequest } from '../rerun/recorded-request.ts';
import { type RunRecipe, readRecipe } from '../rerun/run-recipe.ts';
import { interruptionNotice } from '../runs/interruption-notice.ts';
import { preparationContext, refusePreparation } from '../runs/prepare-command.ts';
import { runOpened } from '../runs/run-opened.ts';
import { isForServer, serverOptions } from '../server/server-access.ts';
import { printError } from '../view/print.ts';
import type { Command } from './command-table.ts';
import { approveOption, keepOptions, reportOptions, workflowOptions } from './workflow-options.ts';

const kept = ['secret', 'secret-file', 'json'];

const spec: CommandSpec = {
  name: 'rerun',
  summary: 'run again what was run, or a part of it',
  description: [
    'The same event with the same payload, inputs, variables and options, as another attempt of the same run: github.run_attempt counts up. Workflow files and sources are read as they are now. Without RUN: the newest run of this repository.',
    'Jobs that are not run again keep their results, outputs and logs. What needs a job that runs again, runs again too.',
    '--from-step begins a job at one of its steps: workspace, environment, outputs and state are as they were before it, and what was edited in the repository since is copied. That a job which failed is kept for that, is so for the last three runs and up to 4 GiB.',
    'Secrets are not kept: those that came from the environment or a file are read from there again, others must be given again.',
    'With --server or SLIPWAY_SERVER: a run of that server, from the files of its commit; all of it, --failed, --job or --from-step. There jobs that fail are kept as far as the setting and the quota of the project go.',
  ],
  argument: { name: 'RUN', repeatable: false, help: 'its number, as slipway runs shows it' },
  options: [
    { name: 'failed', help: 'only the jobs that failed or did not end' },
    { name: 'job', short: 'j', value: 'ID', help: 'only this job; with the results that its needs had' },
    ...workflowOptions.filter(({ name }) => kept.includes(name)),
    {
      name: 'from-step',
      value: 'STEP',
      help: 'go on in the job that failed (or that --job names) from this step: its id, name or number',
    },
    approveOption,
    ...debugOptions,
    ...keepOptions,
    ...reportOptions,
    ...serverOptions,
  ],
  examples: [
    { line: 'slipway rerun --failed', says: 'once more, what failed in the newest run' },
    {
      line: "slipway rerun --from-step 'Unit tests'",
      says: 'go on in the job that failed, in its workspace',
    },
    { line: 'slipway rerun 12 -j test -s NPM_TOKEN', says: 'one job of run 12' },
  ],
};

export const rerunCommand: Command = { spec, execute };

async function execute(typed: TypedArguments): Promise<number> {
  const environment = process.env;
  if (isForServer(typed, environment))
    return (await import('../server/rerun-on-server.ts')).rerunOnServer(typed);
  const root = findRepositoryRoot(process.cwd()) ?? process.cwd();
  const home = slipwayHome(environment);
  const notices = (await sweepInterrupted({ slipwayHome: home, now: Date.now() })).map(interruptionNotice);
  const scope = readScope(typed);
  const chosen = chooseRun(root, typed.arguments[0]);
  const { debug, mistakes } = await readDebugRequest(typed);
  if (scope.mistake !== null) mistakes.push(scope.mistake);
  if (chosen.run === null) return refuse([...mistakes, chosen.mistake]);
  const { run, record, recipe } = chosen;
  const { request, mistakes: others } = repeatRequest(recipe.request, typed, environment);
  mistakes.push(...others);
  if (mistakes.length > 0) return refuse(mistakes);
  const context = preparationContext(environment, { home, offline: request.offline });
  const preparation = await prepareRerun(root, recipe, context);
  if (preparation.kind === 'refused') return refusePreparation(preparation, notices);
  const { prepared } = preparation;
  const unreachable = debug === null ? [] : unreachableBreakpoints(debug, prepared, request);
  if (unreachable.length > 0) return refuse(unreachable);
  const debugging = debug === null ? null : await openDebugger(debug);
  if (debugging?.mistake) return refuse([debugging.mistake]);
  try {
    const { opened, mistake } = openRerun({
      prepared,
      recipe,
      kept: run,
      record,
      scope: scope.value,
      fromStep: readFromStep(typed),
      home,
      now: Date.now(),
    });
    if (mistake !== null) return refuse([mistake]);
    const command = { request, context, home, prepared, notices: [...notices, ...saying(root, chosen)] };
    return await runOpened(opened, {
      command,
      debug: debugging?.open ?? null,
      checkpoint: typed.switches.has('checkpoint'),
      reports: readReportFiles(typed),
      approved: typed.values.get('approve') ?? [],
    });
  } catch (error) {
    if (!(error instanceof RunDirectoryError)) throw error;
    printError(`slipway: ${error.message}\n`);
    return exitStatus.failure;
  }
}

function readFromStep({ values }: TypedArguments): { step: string; job: string | null } | null {
  const step = values.get('from-step')?.[0];
  return step === undefined ? null : { step, job: values.get('job')?.[0] ?? null };
}

function readScope({ values, switches }: TypedArguments): { value: RerunScope; mistake: Mistake | null } {
  const job = values.get('job')?.[0] ?? null;
  if (switches.has('failed') && (job !== null || values.has('from-step'))) {
    const other = job === null ? '--from-step' : '--job';
    const mistake = { message: `--failed and ${other} are given together`, mend: 'Give one of them.' };
    return { value: { kind: 'all' }, mistake };
  }
  if (job !== null) return { value: { kind: 'job', id: job }, mistake: null };
  return { value: { kind: switches.has('failed') ? 'failed' : 'all' }, mistake: null };
}

interface ChosenRun {
  run: KeptRun;
  record: RecordedRun;
  recipe: RunRecipe;
}

function chooseRun(root: string, typed: string | undefined): ChosenRun | { run: null; mistake: Mistake } {
  const number = typed === undefined ? null : Number(typed);
  if (number !== null && !Number.isInteger(number)) {
    return refusal(`'${typed}' is no number of a run`, "Run 'slipway runs' to see them.");
  }
  const run = findRun(root, number);
  if (run === null) {
    return number === null
      ? refusal('no run was made in this repository yet', "Make one with 'slipway run'.")
      : refusal(`there is no run ${number} in this repository`, "Run 'slipway runs' to see those there are.");
  }
  const record = readRecordedRun(run.directory);
  const recipe = readRecipe(run.directory);
  if (record === null || recipe === null) {
    return refusal(`what run ${run.number} was made from is not kept`, "Make a new one with 'slipway run'.");
  }
  return { run, record, recipe };
}

function refusal(message: string, mend: string): { run: null; mistake: Mistake } {
  return { run: null, mistake: { message, mend } };
}

/** What people should know before it starts. */
function saying(root: string, { run, recipe }: ChosenRun): string[] {
  const attempt = (run.attempt ?? 1) + 1;
  const edited = wasEditedSince(root, recipe.workflow, run.startedAt)
    ? `; ${recipe.workflow} was edited since attempt ${attempt - 1}`
    : '';
  return [
    `Run ${run.number}, attempt ${attempt}: the same event, workflow files and sources as they are now${edited}.`,
  ];
}
