import type { Diagnostic } from '../model/diagnostic.ts';
import { nearestName } from '../model/nearest-name.ts';
import type { Job, Workflow } from '../model/workflow.ts';
import { findCycles } from './needs-cycles.ts';

/** A job that another one needs. */
export type Need =
  /** By position of the workflow and of the job in it. */
  | { kind: 'job'; workflow: number; job: number; id: string }
  /** A job of a workflow that the event does not start: it counts as skipped. */
  | { kind: 'not-started'; id: string; path: string };

export interface ResolvedNeeds {
  /** By workflow, job and position in `needs`; a need that can't be resolved is left out. */
  needs: Need[][][];
  diagnostics: Diagnostic[];
}

/**
 * Finds the jobs that jobs need: first in their own workflow, then in its siblings (the workflows that the same event
 * starts), last in workflows that the event doesn't start. Ids are compared without case, as on GitHub.
 * Errors: `unknown-need`, `ambiguous-need`, `needs-cycle` (once for each circle, with its path).
 */
export function resolveNeeds(workflows: Workflow[], notStarted: Workflow[] = []): ResolvedNeeds {
  const index = indexJobs(workflows, notStarted);
  const diagnostics: Diagnostic[] = [];
  const needs = workflows.map(({ jobs }, workflow) =>
    jobs.map((job) =>
      job.needs.flatMap((id, position): Need[] => {
        const found = findJobs(index, workflow, id);
        const [need] = found;
        if (need && found.length === 1) return [need];
        diagnostics.push(unresolved(index, { workflow, job, position, found }));
        return [];
      }),
    ),
  );
  return { needs, diagnostics: [...diagnostics, ...findCycles(workflows, needs)] };
}

interface JobIndex {
  workflows: Workflow[];
  /** By id in lower case; at most one for each workflow. */
  started: Map<string, Extract<Need, { kind: 'job' }>[]>;
  notStarted: Map<string, Extract<Need, { kind: 'not-started' }>>;
}

function indexJobs(workflows: Workflow[], notStarted: Workflow[]): JobIndex {
  const index: JobIndex = { workflows, started: new Map(), notStarted: new Map() };
  for (const [workflow, { jobs }] of workflows.entries()) {
    for (const [job, { id }] of jobs.entries()) {
      const key = id.toLowerCase();
      index.started.set(key, [...(index.started.get(key) ?? []), { kind: 'job', workflow, job, id }]);
    }
  }
  for (const { path, jobs } of notStarted) {
    for (const { id } of jobs) index.notStarted.set(id.toLowerCase(), { kind: 'not-started', id, path });
  }
  return index;
}

/** More than one if the id is ambiguous. */
function findJobs(index: JobIndex, workflow: number, id: string): Need[] {
  const started = index.started.get(id.toLowerCase()) ?? [];
  const own = started.find((one) => one.workflow === workflow);
  if (own) return [own];
  const absent = index.notStarted.get(id.toLowerCase());
  return started.length === 0 && absent ? [absent] : started;
}

interface UnresolvedNeed {
  workflow: number;
  job: Job;
  /** In the job's `needs`. */
  position: number;
  found: Need[];
}

function unresolved(
  { workflows, started }: JobIndex,
  { workflow, job, position, found }: UnresolvedNeed,
): Diagnostic {
  const id = job.needs[position] ?? '';
  const place = { file: workflows[workflow]?.path ?? '', ...(job.needsAt?.[position] ?? job.at) };
  if (found.length === 0) {
    const guess = nearestName(id, started.keys());
    return {
      ...place,
      severity: 'error',
      code: 'unknown-need',
      message: `Job '${job.id}' depends on unknown job '${id}'.`,
      mend: guess
        ? `Did you mean '${guess}'?`
        : 'Name a job of this workflow, or of another workflow that the same event starts.',
    };
  }
  const paths = found.map((need) => (need.kind === 'job' ? workflows[need.workflow]?.path : need.path));
  return {
    ...place,
    severity: 'error',
    code: 'ambiguous-need',
    message: `Job '${job.id}' depends on job '${id}', which several workflows have: ${paths.join(', ')}.`,
    mend: 'Give the job that is meant an id of its own.',
  };
}
