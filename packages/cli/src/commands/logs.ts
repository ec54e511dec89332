import { attemptPathOf } from '@slipway/runner/recovery';
import type { CommandSpec, Mistake, TypedArguments } from '../command-line/command.ts';
import { exitStatus } from '../command-line/exit-status.ts';
import { refuse } from '../command-line/refusal.ts';
import { meant } from '../command-line/suggestion.ts';
import {
  type RecordedJob,
  type RecordedRun,
  type RecordedStep,
  readRecordedRun,
  streamStepLog,
} from '../history/recorded-run.ts';
import { findRun, type KeptRun } from '../history/run-history.ts';
import { findRepositoryRoot } from '../repository/repository-root.ts';
import { isForServer, serverOptions } from '../server/server-access.ts';
import { printBytes } from '../view/print.ts';
import { readableLog } from '../view/readable-log.ts';
import { isTerminal } from '../view/terminal.ts';
import type { Command } from './command-table.ts';

const spec: CommandSpec = {
  name: 'logs',
  summary: 'print the logs of a run',
  description: [
    'Without RUN: of the newest run of this repository. With --server or SLIPWAY_SERVER: of a run of that server.',
  ],
  argument: { name: 'RUN', repeatable: false, help: 'its number, as slipway runs shows it' },
  options: [
    { name: 'job', short: 'j', value: 'ID', help: 'only this job: its id, name or key' },
    { name: 'step', value: 'STEP', help: 'only this step: its id, its name or its number' },
    { name: 'failed', help: 'only steps that failed' },
    { name: 'attempt', value: 'N', help: 'of an earlier attempt; default the newest' },
    ...serverOptions,
    {
      name: 'follow',
      short: 'f',
      help: 'of a server: print what comes until the run is over; exit status 1 if it failed',
    },
  ],
  examples: [
    { line: 'slipway logs --failed', says: 'why the last run failed' },
    { line: 'slipway logs 12 -j test --step Lint', says: 'one step' },
  ],
};

export const logsCommand: Command = { spec, execute };

async function execute(typed: TypedArguments): Promise<number> {
  if (isForServer(typed, process.env)) {
    return (await import('../server/print-log.ts')).printServerLog(typed);
  }
  const read = openRun(typed.arguments[0], typed.values.get('attempt')?.[0]);
  if (read.run === null) return refuse([read.mistake]);
  const selection = {
    job: typed.values.get('job')?.[0] ?? null,
    step: typed.values.get('step')?.[0] ?? null,
    failed: typed.switches.has('failed'),
  };
  const { parts, mistake } = selectParts(read.run, selection);
  if (mistake !== null) return refuse([mistake]);
  const onTerminal = await isTerminal(process.env);
  const headed = new Set(parts.map(({ job }) => job)).size > 1;
  let last: RecordedJob | null = null;
  for (const { job, step } of parts) {
    if (headed && job !== last) printBytes(Buffer.from(`${last === null ? '' : '\n'}== ${job.name}\n`));
    last = job;
    const log = readableLog(onTerminal);
    for (const chunk of streamStepLog(read.run, { jobKey: job.jobKey, log: step.log })) {
      printBytes(log.take(chunk));
    }
    printBytes(log.end());
  }
  return exitStatus.success;
}

/** A step whose log is to be printed. */
export interface LogPart {
  job: RecordedJob;
  step: RecordedStep;
}

/** Which parts are asked for; pure. Names match whatever their case; a job id stands for all its matrix legs. */
export function selectParts(
  run: RecordedRun,
  { job, step, failed }: { job: string | null; step: string | null; failed: boolean },
): { parts: LogPart[]; mistake: Mistake | null } {
  const jobs = run.jobs.filter(
    ({ id, name, jobKey }) => job === null || [id, name, jobKey].some((one) => same(one, job)),
  );
  if (job !== null && jobs.length === 0)
    return {
      parts: [],
      mistake: unknown(
        'job',
        job,
        run.jobs.flatMap(({ id, name }) => [id, name]),
      ),
    };
  const all = jobs.flatMap((one) => one.steps.map((its) => ({ job: one, step: its })));
  const named = all.filter(
    (part) =>
      step === null ||
      [part.step.id ?? '', part.step.name, String(part.step.step)].some((one) => same(one, step)),
  );
  if (step !== null && named.length === 0)
    return {
      parts: [],
      mistake: unknown(
        'step',
        step,
        all.map((part) => part.step.name),
      ),
    };
  return {
    parts: named.filter((part) => !failed || part.step.result?.conclusion === 'failure'),
    mistake: null,
  };
}

function openRun(
  typed: string | undefined,
  attempt: string | undefined,
): { run: RecordedRun; mistake: null } | { run: null; mistake: Mistake } {
  const number = typed === undefined ? null : Number(typed);
  if (number !== null && !Number.isInteger(number)) {
    return {
      run: null,
      mistake: { message: `'${typed}' is no number of a run`, mend: "Run 'slipway runs' to see them." },
    };
  }
  const root = findRepositoryRoot(process.cwd()) ?? process.cwd();
  const kept = findRun(root, number);
  if (kept !== null && attempt !== undefined && !isAttempt(attempt, kept)) {
    const mend = `Name one from 1 to ${kept.attempt ?? 1}.`;
    return { run: null, mistake: { message: `run ${kept.number} has no attempt '${attempt}'`, mend } };
  }
  const run = kept === null ? null : readRecordedRun(attemptDirectory(kept, attempt));
  if (run !== null) return { run, mistake: null };
  const message =
    number === null
      ? 'no run was made in this repository yet'
      : `there is no run ${number} in this repository`;
  return { run: null, mistake: { message, mend: "Run 'slipway runs' to see those there are." } };
}

function isAttempt(typed: string, { attempt = 1 }: KeptRun): boolean {
  const number = Number(typed);
  return Number.isInteger(number) && number >= 1 && number <= attempt;
}

/** The newest one's is the run's own folder. */
function attemptDirectory({ directory, attempt = 1 }: KeptRun, typed: string | undefined): string {
  return typed === undefined || Number(typed) === attempt
    ? directory
    : attemptPathOf(directory, Number(typed));
}

function unknown(what: string, typed: string, names: string[]): Mistake {
  const mend =
    meant(typed, names) ?? `The run has ${[...new Set(names)].map((name) => `'${name}'`).join(', ')}.`;
  return { message: `the run has no ${what} '${typed}'`, mend };
}

function same(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}
