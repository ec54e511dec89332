import { rmSync } from 'node:fs';
import { closeRunDirectory, openRunDirectory, type RunDirectory } from '@slipway/runner/recovery';
import type { Diagnostic } from '@slipway/workflow';
import type { EventPlan } from '@slipway/workflow/plan';
import type { PreparedEvent } from '../event/event-preparation.ts';
import { type PlanSelection, planRuns } from './plan-runs.ts';

/** The runs of one event, planned, each with its directory; nothing has begun. */
export interface OpenedEvent {
  prepared: PreparedEvent;
  plan: EventPlan;
  /** By run id. */
  directories: ReadonlyMap<string, RunDirectory>;
}

export interface OpenEventOptions {
  home: string;
  selection: PlanSelection;
  now: () => number;
}

/**
 * Gives every run its number and directory and plans them; what cannot be planned leaves nothing behind.
 * @throws RunDirectoryError
 */
export function openEvent(
  prepared: PreparedEvent,
  { home, selection, now }: OpenEventOptions,
): { opened: OpenedEvent | null; diagnostics: Diagnostic[] } {
  const directories: RunDirectory[] = [];
  try {
    for (const { workflow } of prepared.started) {
      const description = `${prepared.event.name}: ${workflow.path}`;
      const where = { repositoryRoot: prepared.root, slipwayHome: home };
      directories.push(openRunDirectory({ ...where, description, now: now() }));
    }
    const { plan, diagnostics } = planRuns(prepared, directories, selection);
    const planned = new Set(plan?.runs.map(({ runId }) => runId));
    for (const directory of directories) if (!planned.has(directory.runId)) discard(directory, now);
    if (plan === undefined) return { opened: null, diagnostics };
    const kept = directories.filter(({ runId }) => planned.has(runId));
    return {
      opened: { prepared, plan, directories: new Map(kept.map((one) => [one.runId, one])) },
      diagnostics,
    };
  } catch (error) {
    for (const directory of directories) discard(directory, now);
    throw error;
  }
}

/** Of a run that never was. */
function discard(directory: RunDirectory, now: () => number): void {
  closeRunDirectory(directory, 'cancelled', now());
  rmSync(directory.path, { recursive: true, force: true });
}
