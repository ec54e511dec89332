import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { keptDirectoryOf } from '@slipway/runner/recovery';
import { exitStatus } from '../command-line/exit-status.ts';
import type { OpenDebugger } from '../debug/debugger.ts';
import { localGate } from '../environments/local-gate.ts';
import { pruneRuns } from '../journal/prune-runs.ts';
import { type ReportFiles, writeReports } from '../reports/write-reports.ts';
import { printError } from '../view/print.ts';
import { driveChain } from './drive-chain.ts';
import type { OpenedEvent } from './open-event.ts';
import type { PreparedCommand } from './prepare-command.ts';
import { beginSession, endSession } from './run-session.ts';

export interface OpenedOptions {
  command: PreparedCommand;
  /** null: nobody looks into the jobs. */
  debug: OpenDebugger | null;
  /** Copy the folder of every job before each of its steps. */
  checkpoint: boolean;
  reports: ReportFiles;
  /** Environments that jobs may enter without a question. */
  approved: readonly string[];
}

/** Runs what was planned, shows it and writes its reports. @returns the exit status */
export async function runOpened(
  opened: OpenedEvent,
  { command, debug, checkpoint, reports, approved }: OpenedOptions,
): Promise<number> {
  const { request, context, notices } = command;
  const { json, failOnSkip } = request;
  const { environment } = context;
  const session = await beginSession({ json, environment, directories: opened.directories });
  for (const notice of notices) session.view.say(notice);
  const watcher = debug?.({ session, repositoryRoot: opened.prepared.root }) ?? null;
  if (watcher?.watch !== undefined) session.watch.listener = watcher.watch;
  await watcher?.ready();
  const { root } = opened.prepared;
  const mayAsk = !json && process.stdin.isTTY && process.stdout.isTTY;
  const environments = localGate({ root, session, approved, mayAsk }) ?? null;
  await driveChain(opened, session, { ...command, gate: watcher?.gate ?? null, environments, checkpoint });
  const ended = await endSession(session, { failOnSkip });
  await watcher?.end(ended);
  await forgetOldest(command.home, opened.directories.keys());
  for (const { path, number } of opened.directories.values()) pruneRuns(dirname(path), { newest: number });
  const unwritten = await writeReports(
    reports,
    [...session.directories.values()].map(({ path }) => path),
  );
  for (const line of unwritten) printError(`slipway: ${line}\n`);
  return unwritten.length > 0 && ended === 'success' ? exitStatus.failure : exitStatus[ended];
}

/** Enough to come back to what failed today, and no more than a disk bears. */
const keptLimits = { runs: 3, sizeBytes: 4 * 1024 ** 3 };

/** Asked for only if one of the runs keeps something. */
async function forgetOldest(home: string, runIds: Iterable<string>): Promise<void> {
  if (![...runIds].some((runId) => existsSync(keptDirectoryOf(home, runId)))) return;
  const { pruneKept } = await import('@slipway/runner/kept');
  await pruneKept(home, keptLimits);
}
