import type { Diagnostic } from '../model/diagnostic.ts';
import type { Workflow } from '../model/workflow.ts';
import type { Need } from './resolve-needs.ts';

export interface Selection {
  /** By workflow: position in the file of each job that takes part, to its position among them. */
  positions: Map<number, number>[];
  diagnostics: Diagnostic[];
}

/**
 * The jobs that take part: all of them, or those with the given ids and what they need, over workflows.
 * Errors: `unknown-job` for an id that no workflow has.
 */
export function selectJobs(workflows: Workflow[], needs: Need[][][], only: string[] | undefined): Selection {
  const taking = workflows.map(() => new Set<number>());
  const diagnostics: Diagnostic[] = [];
  const open: { workflow: number; job: number }[] = [];
  for (const id of only ?? []) {
    const found = workflows.flatMap(({ jobs }, workflow) =>
      jobs.flatMap((job, position) =>
        job.id.toLowerCase() === id.toLowerCase() ? [{ workflow, job: position }] : [],
      ),
    );
    if (found.length === 0) diagnostics.push(unknownJob(id, workflows));
    open.push(...found);
  }
  for (let place = open.pop(); place !== undefined; place = open.pop()) {
    if (taking[place.workflow]?.has(place.job)) continue;
    taking[place.workflow]?.add(place.job);
    for (const need of needs[place.workflow]?.[place.job] ?? []) if (need.kind === 'job') open.push(need);
  }
  const positions = workflows.map(({ jobs }, workflow) => {
    const chosen = [...jobs.keys()].filter((job) => only === undefined || taking[workflow]?.has(job));
    return new Map(chosen.map((job, position) => [job, position]));
  });
  return { positions, diagnostics };
}

function unknownJob(id: string, workflows: Workflow[]): Diagnostic {
  const known = [...new Set(workflows.flatMap(({ jobs }) => jobs.map((job) => job.id)))];
  return {
    file: workflows[0]?.path ?? '',
    line: 1,
    column: 1,
    severity: 'error',
    code: 'unknown-job',
    message: `No workflow that this event starts has a job '${id}'.`,
    mend: known.length === 0 ? 'Check the event.' : `Name one of: ${known.join(', ')}.`,
  };
}
