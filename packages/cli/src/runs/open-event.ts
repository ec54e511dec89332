import { rmSync } from 'node:fs';
import type { ResumePoint } from '@slipway/runner/kept';
import { closeRunDirectory, openRunDirectory, type RunDirectory } from '@slipway/runner/recovery';
import type { Diagnostic } from '@slipway/workflow';
import type { EventPlan } from '@slipway/workflow/plan';
import type { PreparedEvent, StartedWorkflow } from '../event/event-preparation.ts';
import type { RecalledAttempt } from '../rerun/recalled-attempt.ts';
import { type PlanSelection, planRuns } from './plan-runs.ts';

/** The runs of one event, planned, each with its directory; nothing has begun. */
export interface OpenedEvent {
  prepared: PreparedEvent;
  plan: EventPlan;
  /** By run id. */
  directories: ReadonlyMap<string, RunDirectory>;
  /** What is kept of the attempt before; absent: this is the first. */
  recalled?: RecalledAttempt;
  /** A job that goes on from a step; absent: all begin. */
  resume?: ResumePoint;
}

export interface OpenEventOptions {
  home: string;
  selection: PlanSelection;
  now: () => number;
}

/**
 * Plans the runs, then gives each its number and directory: what cannot be planned has left nothing behind. Names and groups may
 * hold the number; then it is planned again.
 * @throws RunDirectoryError
 */
export function openEvent(
  prepared: PreparedEvent,
  { home, selection, now }: OpenEventOptions,
): { opened: OpenedEvent | null; diagnostics: Diagnostic[] } {
  const draft = planRuns(prepared, draftIdentities(prepared), selection);
  if (draft.plan === undefined) return { opened: null, diagnostics: draft.diagnostics };
  // A workflow of which no job is selected has no run.
  const taking = new Set(draft.plan.runs.map(({ workflowPath }) => workflowPath));
  const started = prepared.started.filter(({ workflow }) => taking.has(workflow.path));
  const directories = openDirectories(prepared, { started, home, now });
  const { plan, diagnostics } = holdsNumbers(started)
    ? planRuns({ ...prepared, started }, directories, selection)
    : { plan: withNumbers(draft.plan, directories), diagnostics: draft.diagnostics };
  if (plan === undefined) throw new Error(`planned once, and not again: ${diagnostics[0]?.message}`);
  return {
    opened: { prepared, plan, directories: new Map(directories.map((one) => [one.runId, one])) },
    diagnostics,
  };
}

/** Whether what is evaluated when a run is planned may name its id or number. */
function holdsNumbers(started: readonly StartedWorkflow[]): boolean {
  return started.some(
    ({ workflow: { runName, concurrency } }) => runName !== undefined || concurrency !== undefined,
  );
}

function withNumbers(draft: EventPlan, directories: readonly RunDirectory[]): EventPlan {
  const runs = draft.runs.map((run, index) => {
    const { runId, number: runNumber } = directories[index]!;
    const github = { ...run.contexts.github, run_id: runId, run_number: String(runNumber) };
    return { ...run, runId, runNumber, contexts: { ...run.contexts, github } };
  });
  return { ...draft, runs };
}

/** Stand for the numbers of runs that do not exist yet. */
export function draftIdentities({ started }: PreparedEvent): { runId: string; number: number }[] {
  return started.map((_, index) => ({ runId: String(index + 1), number: index + 1 }));
}

function openDirectories(
  { root, event }: PreparedEvent,
  { started, home, now }: { started: readonly StartedWorkflow[]; home: string; now: () => number },
): RunDirectory[] {
  const directories: RunDirectory[] = [];
  try {
    for (const { workflow } of started) {
      const description = `${event.name}: ${workflow.path}`;
      directories.push(
        openRunDirectory({ repositoryRoot: root, slipwayHome: home, description, now: now() }),
      );
    }
    return directories;
  } catch (error) {
    for (const directory of directories) {
      closeRunDirectory(directory, 'cancelled', now());
      rmSync(directory.path, { recursive: true, force: true });
    }
    throw error;
  }
}
