import type { RecalledJobs } from '@slipway/server/runs';
import type { RunPlan } from '@slipway/workflow/plan';
import type { RecordedJob, RecordedRun } from '../history/recorded-run.ts';

/** Which part of a run is made again; what needs it is made again with it. */
export type RerunScope =
  | { kind: 'all' }
  /** Jobs that failed, were cancelled or had not ended. */
  | { kind: 'failed' }
  /** Id as in the file; in a called workflow `caller/inner`. */
  | { kind: 'job'; id: string }
  /** One leg of a job. */
  | { kind: 'leg'; id: string; jobKey: string };

/**
 * What of the attempt before stands, by its record. Jobs without a record run if anything they belong to does; under `job` and `leg` the others
 * do not. `attempt`: the number of the record's.
 */
export function jobsToRecall(
  plan: RunPlan,
  { record, attempt }: { record: RecordedRun; attempt: number },
  scope: RerunScope,
): RecalledJobs {
  const recalled: RecalledJobs = { openings: new Map(), results: new Map() };
  if (scope.kind === 'all') return recalled;
  const repeated = repeatedJobs(plan, record, scope);
  for (const job of record.jobs) {
    if (repeated.whole.has(job.id) || (repeated.seeds.has(job.id) && isSeed(job, scope))) continue;
    const { outcome, outputs, jobKey, result } = job;
    if (outcome !== null && outcome !== 'skipped') {
      const reason = keptReason(result?.reason ?? null, attempt);
      recalled.results.set(jobKey, { conclusion: outcome, outputs, reason });
    }
  }
  if (scope.kind !== 'failed') leaveOut(plan, record, { repeated, recalled });
  return recalled;
}

/** Says from which attempt the result is; that of an attempt before that one stays. */
function keptReason(reason: string | null, attempt: number): string {
  if (reason === null) return `kept from attempt ${attempt}`;
  return reason.includes('kept from attempt ') ? reason : `${reason}; kept from attempt ${attempt}`;
}

/** Ids of all jobs that the plan has, those of called workflows included. */
export function plannedIds(plan: RunPlan): string[] {
  return nodesOf(plan).map(({ id }) => id);
}

/** Whether the run has anything that `--failed` would repeat. */
export function hasFailed({ jobs }: RecordedRun): boolean {
  return jobs.some((job) => isSeed(job, { kind: 'failed' }));
}

interface PlannedNode {
  id: string;
  /** Ids. */
  needs: string[];
  /** Id of the job that calls the workflow that this one is in. */
  caller: string | null;
}

function nodesOf({ graphs }: RunPlan, graph = 0, caller: string | null = null): PlannedNode[] {
  const prefix = caller === null ? '' : `${caller}/`;
  const jobs = graphs[graph]?.jobs ?? [];
  return jobs.flatMap(({ job, needs, callee }): PlannedNode[] => {
    const id = `${prefix}${job.id}`;
    const own = { id, needs: needs.map((need) => `${prefix}${jobs[need]?.job.id}`), caller };
    return callee === undefined ? [own] : [own, ...nodesOf({ graphs } as RunPlan, callee, id)];
  });
}

interface RepeatedJobs {
  /** Of these the legs that `isSeed` says. */
  seeds: Set<string>;
  /** All legs, because of what they need. */
  whole: Set<string>;
}

function repeatedJobs(plan: RunPlan, record: RecordedRun, scope: RerunScope): RepeatedJobs {
  const nodes = nodesOf(plan);
  const seeds = new Set(record.jobs.filter((job) => isSeed(job, scope)).map(({ id }) => id));
  if (scope.kind === 'job' || scope.kind === 'leg') seeds.add(scope.id);
  const whole = new Set<string>();
  const isRepeated = (id: string) =>
    [...seeds, ...whole].some((one) => one === id || one.startsWith(`${id}/`));
  const isDue = ({ id, needs, caller }: PlannedNode) =>
    !whole.has(id) &&
    (needs.some(isRepeated) || (caller !== null && (whole.has(caller) || isAsked(caller, scope))));
  for (let grows = true; grows; ) {
    const due = nodes.filter(isDue);
    for (const { id } of due) whole.add(id);
    grows = due.length > 0;
  }
  return { seeds, whole };
}

/** A call that is asked for stands for all its jobs. */
function isAsked(id: string, scope: RerunScope): boolean {
  return scope.kind === 'job' && scope.id === id;
}

function isSeed({ id, jobKey, outcome, result }: RecordedJob, scope: RerunScope): boolean {
  switch (scope.kind) {
    case 'all':
      return true;
    case 'job':
      return id === scope.id;
    case 'leg':
      return jobKey === scope.jobKey;
    case 'failed':
      // What its own continue-on-error allowed has not failed.
      return result === null
        ? outcome !== 'success'
        : result.conclusion === 'failure' || result.conclusion === 'cancelled';
    default:
      return scope satisfies never;
  }
}

/** What did not run then does not run now, unless it is asked for or needs what is. */
function leaveOut(
  plan: RunPlan,
  record: RecordedRun,
  { repeated, recalled }: { repeated: RepeatedJobs; recalled: RecalledJobs },
): void {
  const known = new Set(record.jobs.filter(({ outcome }) => outcome !== null).map(({ id }) => id));
  const isPartOfRun = (id: string) =>
    [...known, ...repeated.seeds, ...repeated.whole].some((one) => one === id || one.startsWith(`${id}/`));
  for (const { id } of nodesOf(plan)) {
    if (isPartOfRun(id)) continue;
    const reason = 'it did not run in the attempt before, and this one is about another job';
    recalled.openings.set(id, { kind: 'skipped', reason });
  }
}
