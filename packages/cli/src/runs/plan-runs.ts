import type { Diagnostic } from '@slipway/workflow';
import { assessLabels, type EventPlan, type MatrixChoice, planEvent } from '@slipway/workflow/plan';
import type { WorkflowRequest } from '../commands/workflow-request.ts';
import { isError, type PreparedEvent } from '../event/event-preparation.ts';
import { isGiven, type RunnerTarget } from '../machine/runner-labels.ts';

/** Which part of an event is planned. */
export interface PlanSelection {
  /** Only these and what they need; none: all. */
  jobs: readonly string[];
  /** Only these legs of matrices; none or absent: all. */
  matrix?: readonly MatrixChoice[];
  vars: Record<string, string>;
  /** What serves labels that are not known; absent: labels are not judged, as in a run that follows another. */
  runners?: ReadonlyMap<string, RunnerTarget>;
}

/** What of an event was asked for. */
export function selectionOf({ jobs, matrix, vars, runners }: WorkflowRequest): PlanSelection {
  return { jobs, matrix, vars, runners };
}

/** Plans the runs of an event; `identities` are those of the started workflows, in their order. */
export function planRuns(
  prepared: PreparedEvent,
  identities: readonly { runId: string; number: number; attempt?: number }[],
  { jobs, matrix = [], vars, runners }: PlanSelection,
): { plan: EventPlan | undefined; diagnostics: Diagnostic[] } {
  const { value, diagnostics } = planEvent({
    runs: prepared.started.map(({ workflow, inputs }, index) => ({
      workflow,
      inputs,
      runId: identities[index]!.runId,
      runNumber: identities[index]!.number,
      runAttempt: identities[index]!.attempt ?? 1,
    })),
    notStarted: prepared.notStarted.map(({ workflow }) => workflow),
    event: prepared.event.name,
    github: prepared.github,
    vars,
    load: prepared.load,
    ...(jobs.length === 0 ? {} : { only: [...jobs] }),
    ...(matrix.length === 0 ? {} : { matrixChoice: matrix }),
  });
  const unknown = value && runners ? assessLabels(value, (labels) => isGiven(labels, runners)) : [];
  return {
    plan: unknown.length === 0 ? value : undefined,
    diagnostics: [...diagnostics.filter(isError), ...unknown],
  };
}
