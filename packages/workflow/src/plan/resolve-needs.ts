import type { Diagnostic } from '../model/diagnostic.ts';
import type { Job, Workflow } from '../model/workflow.ts';

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
  const diagnostics: Diagnostic[] = [];
  const own = workflows.map(
    ({ jobs }) => new Map(jobs.map((job, position) => [job.id.toLowerCase(), position])),
  );
  const everywhere = new Map<string, { workflow: number; job: number }[]>();
  for (const [workflow, ids] of own.entries()) {
    for (const [id, job] of ids) everywhere.set(id, [...(everywhere.get(id) ?? []), { workflow, job }]);
  }

  function resolve(workflow: number, job: Job, id: string): Need[] {
    const position = own[workflow]?.get(id.toLowerCase());
    if (position !== undefined) return [{ kind: 'job', workflow, job: position, id }];
    const siblings = everywhere.get(id.toLowerCase()) ?? [];
    const [sibling] = siblings;
    if (sibling && siblings.length === 1) return [{ kind: 'job', ...sibling, id }];
    const path = workflows[workflow]?.path ?? '';
    if (sibling) {
      const paths = siblings.map((one) => workflows[one.workflow]?.path ?? '');
      diagnostics.push(ambiguousNeed({ path, job, id, paths }));
      return [];
    }
    const absent = notStarted.find(({ jobs }) =>
      jobs.some((one) => one.id.toLowerCase() === id.toLowerCase()),
    );
    if (absent) return [{ kind: 'not-started', id, path: absent.path }];
    diagnostics.push(unknownNeed({ path, job, id }));
    return [];
  }

  const needs = workflows.map(({ jobs }, workflow) =>
    jobs.map((job) => job.needs.flatMap((id) => resolve(workflow, job, id))),
  );
  return { needs, diagnostics: [...diagnostics, ...findCycles(workflows, needs)] };
}

function unknownNeed({ path, job, id }: { path: string; job: Job; id: string }): Diagnostic {
  return {
    ...placeOf(path, job),
    code: 'unknown-need',
    message: `Job '${job.id}' depends on unknown job '${id}'.`,
    mend: `Name a job of this workflow, or of another workflow that the same event starts.`,
  };
}

function ambiguousNeed({
  path,
  job,
  id,
  paths,
}: {
  path: string;
  job: Job;
  id: string;
  paths: string[];
}): Diagnostic {
  return {
    ...placeOf(path, job),
    code: 'ambiguous-need',
    message: `Job '${job.id}' depends on job '${id}', which several workflows have: ${paths.join(', ')}.`,
    mend: `Give the job in question an id of its own.`,
  };
}

function placeOf(file: string, { at }: Job): Pick<Diagnostic, 'file' | 'line' | 'column' | 'severity'> {
  return { file, line: at.line, column: at.column, severity: 'error' };
}

/** Depth first over all workflows; without recursion, as a chain may have a thousand jobs. */
function findCycles(workflows: Workflow[], needs: Need[][][]): Diagnostic[] {
  const diagnostics: Diagnostic[] = [];
  const done = new Set<string>();
  for (const [workflow, { jobs }] of workflows.entries()) {
    for (const job of jobs.keys()) {
      walkFrom({ workflow, job }, needs, done, (cycle) => diagnostics.push(cycleFound(workflows, cycle)));
    }
  }
  return diagnostics;
}

interface JobPlace {
  workflow: number;
  job: number;
}

function walkFrom(
  start: JobPlace,
  needs: Need[][][],
  done: Set<string>,
  report: (cycle: JobPlace[]) => void,
): void {
  const path: { place: JobPlace; next: number }[] = [{ place: start, next: 0 }];
  const onPath = new Map<string, number>([[keyOf(start), 0]]);
  for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
    const need = done.has(keyOf(top.place))
      ? undefined
      : needs[top.place.workflow]?.[top.place.job]?.[top.next++];
    if (need === undefined) {
      done.add(keyOf(top.place));
      onPath.delete(keyOf(top.place));
      path.pop();
    } else if (need.kind === 'job') {
      const seen = onPath.get(keyOf(need));
      if (seen !== undefined) report(path.slice(seen).map(({ place }) => place));
      else if (!done.has(keyOf(need))) {
        onPath.set(keyOf(need), path.length);
        path.push({ place: { workflow: need.workflow, job: need.job }, next: 0 });
      }
    }
  }
}

function keyOf({ workflow, job }: JobPlace): string {
  return `${workflow}:${job}`;
}

function cycleFound(workflows: Workflow[], cycle: JobPlace[]): Diagnostic {
  const [first] = cycle as [JobPlace];
  const home = workflows[first.workflow] as Workflow;
  const names = [...cycle, first].map(({ workflow, job }) => {
    const { path, jobs } = workflows[workflow] as Workflow;
    return workflow === first.workflow ? jobs[job]?.id : `${jobs[job]?.id} (${path})`;
  });
  const job = home.jobs[first.job] as Job;
  const next = names[1];
  return {
    ...placeOf(home.path, job),
    code: 'needs-cycle',
    message: `Job '${job.id}' depends on job '${next}' which creates a cycle in the dependency graph: ${names.join(' → ')}.`,
    mend: `Take one of these jobs out of the other's needs.`,
  };
}
