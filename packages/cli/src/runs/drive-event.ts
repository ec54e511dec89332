import type { RunEvent } from '@slipway/contracts';
import { closeRunDirectory } from '@slipway/runner/recovery';
import { type DrivenRuns, driveRuns, type EnvironmentGate, type RunResult } from '@slipway/server/runs';
import { placeJob, type RunnerLabels } from '../machine/runner-labels.ts';
import { type HostRunnerOptions, hostRunner } from './host-runner.ts';
import type { OpenedEvent } from './open-event.ts';

export interface DriveEventOptions extends Omit<HostRunnerOptions, 'root' | 'resume'> {
  labels: RunnerLabels;
  secrets: Record<string, string>;
  maxParallel: number;
  /** Asks before jobs enter environments; null: all may. */
  environments: EnvironmentGate | null;
  emit(event: RunEvent): void;
  /** The runs are under way; whoever may end them needs to know. */
  onDriven(runs: DrivenRuns): void;
  /** A job was skipped because nothing here serves its labels. */
  onUnserved(): void;
  now: () => number;
}

/** Drives the runs of an event to their end and closes their directories. */
export async function driveEvent(
  { prepared, plan, directories, recalled, resume }: OpenedEvent,
  options: DriveEventOptions,
): Promise<RunResult[]> {
  const { labels, secrets, maxParallel, environments, emit, now } = options;
  const runs = driveRuns({
    plan,
    runner: hostRunner(directories, { ...options, root: prepared.root, resume: resume ?? null }),
    secrets,
    maxParallel,
    ...(environments === null ? {} : { gate: environments }),
    emit,
    now,
    ...(recalled === undefined ? {} : { recalled: recalled.jobs }),
    unserved(wanted) {
      const placement = placeJob(wanted, labels);
      if (placement.kind === 'served') return undefined;
      options.onUnserved();
      return placement.reason;
    },
  });
  options.onDriven(runs);
  const results = await runs.finished;
  for (const { runId, conclusion } of results) {
    const directory = directories.get(runId);
    if (directory !== undefined) closeRunDirectory(directory, conclusion, now());
  }
  return results;
}
