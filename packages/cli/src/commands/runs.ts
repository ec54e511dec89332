import type { Conclusion } from '@slipway/contracts';
import { durationText } from '@slipway/contracts/duration-text';
import type { CommandSpec, TypedArguments } from '../command-line/command.ts';
import { exitStatus } from '../command-line/exit-status.ts';
import { refuse } from '../command-line/refusal.ts';
import { readRecordedRun } from '../history/recorded-run.ts';
import { type KeptRun, listRuns } from '../history/run-history.ts';
import { findRepositoryRoot } from '../repository/repository-root.ts';
import { isForServer, serverOptions } from '../server/server-access.ts';
import { printOut } from '../view/print.ts';
import { chooseStyle, type Style } from '../view/style.ts';
import { isTerminal } from '../view/terminal.ts';
import type { Command } from './command-table.ts';

const spec: CommandSpec = {
  name: 'runs',
  summary: 'list the runs that were made in this repository, or on a server',
  description: [
    'Newest first. What is kept of a run is under .slipway/runs/NUMBER. With --server or SLIPWAY_SERVER: the runs of that server.',
  ],
  options: [
    ...serverOptions,
    { name: 'project', value: 'OWNER/NAME', help: 'of a server: only runs of this project' },
    { name: 'limit', value: 'N', help: 'how many; default 20' },
    { name: 'json', help: 'print one JSON object a line' },
  ],
  examples: [{ line: 'slipway runs --limit 5', says: 'the last five' }],
};

export const runsCommand: Command = { spec, execute };

async function execute(typed: TypedArguments): Promise<number> {
  const limit = Number(typed.values.get('limit')?.[0] ?? 20);
  if (!Number.isInteger(limit) || limit < 1) {
    return refuse([
      {
        message: `--limit '${typed.values.get('limit')?.[0]}' is no number of runs`,
        mend: 'Write a whole number of at least 1.',
      },
    ]);
  }
  if (isForServer(typed, process.env)) {
    return (await import('../server/list-runs.ts')).listServerRuns(typed, limit);
  }
  const root = findRepositoryRoot(process.cwd()) ?? process.cwd();
  const runs = listRuns(root).slice(0, limit).map(describe);
  if (typed.switches.has('json')) {
    for (const run of runs) printOut(`${JSON.stringify(run)}\n`);
    return exitStatus.success;
  }
  const style = chooseStyle(process.env, await isTerminal(process.env));
  if (runs.length === 0) printOut('No run was made in this repository yet.\n');
  else printOut(`${table(runs, style).join('\n')}\n`);
  return exitStatus.success;
}

interface DescribedRun {
  number: number;
  /** How often it was made. */
  attempt: number;
  status: KeptRun['status'];
  conclusion: string | null;
  workflow: string;
  name: string;
  event: string;
  startedAt: string;
  durationMs: number | null;
}

function describe(kept: KeptRun): DescribedRun {
  const recorded = readRecordedRun(kept.directory);
  const [event = '', workflow = ''] = kept.description.split(': ');
  return {
    number: kept.number,
    attempt: kept.attempt ?? 1,
    status: kept.status,
    conclusion: kept.conclusion ?? null,
    workflow: recorded?.workflow ?? workflow,
    name: recorded === null ? kept.description : `${recorded.workflowName}: ${recorded.name}`,
    event: recorded?.event ?? event,
    startedAt: new Date(kept.startedAt).toISOString(),
    durationMs:
      recorded?.result?.durationMs ??
      (kept.finishedAt === undefined ? null : kept.finishedAt - kept.startedAt),
  };
}

function table(runs: readonly DescribedRun[], style: Style): string[] {
  const widths = {
    number: Math.max(...runs.map(({ number }) => String(number).length)),
    event: Math.max(...runs.map(({ event }) => event.length)),
  };
  return runs.map((run) => {
    const { number, attempt, event, startedAt, durationMs } = run;
    const name = attempt === 1 ? run.name : `${run.name} (attempt ${attempt})`;
    const time = `${startedAt.slice(0, 16).replace('T', ' ')}  ${durationMs === null ? '-' : durationText(durationMs)}`;
    const rest = style.dim(`${time}  ${run.status === 'finished' ? (run.conclusion ?? '') : run.status}`);
    return `${mark(run, style)} ${String(number).padStart(widths.number)}  ${event.padEnd(widths.event)}  ${name}  ${rest}`;
  });
}

function mark({ status, conclusion }: DescribedRun, style: Style): string {
  if (status === 'running') return '…';
  return style.mark((conclusion ?? 'cancelled') as Conclusion);
}
