import type { Diagnostic } from '@slipway/workflow';
import { type EventPlan, type MatrixChoice, planEvent } from '@slipway/workflow/plan';
import { isError, type PreparedEvent } from '../event/event-preparation.ts';

/** Which part of an event is planned. */
export interface PlanSelection {
  /** Only these and what they need; none: all. */
  jobs: readonly string[];
  /** Only these legs of matrices; none or absent: all. */
  matrix?: readonly MatrixChoice[];
  vars: Record<string, string>;
}

/** Plans the runs of an event; `identities` are those of the started workflows, in their order. */
export function planRuns(
  prepared: PreparedEvent,
  identities: readonly { runId: string; number: number; attempt?: number }[],
  { jobs, matrix = [], vars }: PlanSelection,
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
  return { plan: value, diagnostics: diagnostics.filter(isError) };
}
