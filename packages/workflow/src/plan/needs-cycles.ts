import type { Diagnostic } from '../model/diagnostic.ts';
import type { Job, Workflow } from '../model/workflow.ts';

interface JobPlace {
  workflow: number;
  job: number;
}

/** By workflow and job. What is not a place can't be part of a circle. */
type NeedPlaces = (({ kind: 'job' } & JobPlace) | { kind: 'not-started' })[][][];

/** Jobs that need each other in a circle, over all workflows; each circle once, at the need that closes it. */
export function findCycles(workflows: Workflow[], needs: NeedPlaces): Diagnostic[] {
  const diagnostics: Diagnostic[] = [];
  const done = new Set<string>();
  for (const [workflow, { jobs }] of workflows.entries()) {
    for (const job of jobs.keys()) {
      for (const cycle of cyclesFrom({ workflow, job }, needs, done)) {
        diagnostics.push(describeCycle(workflows, needs, cycle));
      }
    }
  }
  return diagnostics;
}

/** Depth first; without recursion, as a chain may have a thousand jobs. */
function* cyclesFrom(start: JobPlace, needs: NeedPlaces, done: Set<string>): Generator<JobPlace[]> {
  const path = [{ place: start, next: 0 }];
  const onPath = new Map([[keyOf(start), 0]]);
  for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
    const key = keyOf(top.place);
    const need = done.has(key) ? undefined : needs[top.place.workflow]?.[top.place.job]?.[top.next++];
    if (need === undefined) {
      done.add(key);
      onPath.delete(key);
      path.pop();
    } else if (need.kind === 'job') {
      const seen = onPath.get(keyOf(need));
      if (seen !== undefined) yield path.slice(seen).map(({ place }) => place);
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

function describeCycle(workflows: Workflow[], needs: NeedPlaces, cycle: JobPlace[]): Diagnostic {
  const first = cycle[0] as JobPlace;
  const last = cycle.at(-1) as JobPlace;
  const file = workflows[last.workflow] as Workflow;
  const job = file.jobs[last.job] as Job;
  const closing = needs[last.workflow]?.[last.job]?.findIndex(
    (need) => need.kind === 'job' && keyOf(need) === keyOf(first),
  );
  const names = [...cycle, first].map((place) => {
    const { path, jobs } = workflows[place.workflow] as Workflow;
    return place.workflow === last.workflow ? jobs[place.job]?.id : `${jobs[place.job]?.id} (${path})`;
  });
  return {
    file: file.path,
    ...(job.needsAt?.[closing ?? 0] ?? job.at),
    severity: 'error',
    code: 'needs-cycle',
    message: `These jobs need each other in a circle: ${names.join(' → ')}.`,
    mend: 'Take one of these jobs out of the needs of another.',
  };
}
