import {
  failedPlace,
  type KeptJob,
  type KeptPoint,
  listKeptJobs,
  type ResumePoint,
} from '@slipway/runner/kept';
import { keptDirectoryOf } from '@slipway/runner/recovery';
import type { Step } from '@slipway/workflow';
import type { RunPlan } from '@slipway/workflow/plan';
import type { Mistake } from '../command-line/command.ts';
import { meant } from '../command-line/suggestion.ts';
import { stepNames } from '../debug/step-names.ts';
import type { RecordedJob, RecordedRun } from '../history/recorded-run.ts';

export interface ResumeRequest {
  home: string;
  plan: RunPlan;
  record: RecordedRun;
  /** As typed: id, name or number. */
  step: string;
  /** As typed: id, key or name; null: the one that failed. */
  job: string | null;
}

export type ResumeChoice =
  | { kind: 'chosen'; resume: ResumePoint; job: RecordedJob }
  | { kind: 'refused'; mistake: Mistake };

/** Finds what is kept of the job, and whether it is good enough to begin at the step. */
export function chooseResume(request: ResumeRequest): ResumeChoice {
  const { home, plan, step } = request;
  const directory = keptDirectoryOf(home, plan.runId);
  const found = chooseJob(listKeptJobs(directory), request);
  if (found.kind === 'refused') return found;
  const { kept, job } = found;
  const steps = stepsOf(plan, job.id);
  const place = steps.findIndex((one, at) => isNamed(one, at, step));
  if (place === -1) {
    const names = steps.flatMap((one) => stepNames(one).slice(0, 1));
    const mend = meant(step, names) ?? `Name one of: ${names.join(', ')}.`;
    return refused(`--from-step ${step}: the job ${job.name} has no such step`, mend);
  }
  const point = pointOf(kept, steps[place] as Step, place);
  if (point === undefined) {
    const mend = `Name a step that was there: ${kept.points.map(({ name }) => name).join(', ')}.`;
    return refused(`--from-step ${step}: the step is new, and nothing is kept from before it`, mend);
  }
  const reachable = assessPoint(kept, point);
  if (reachable !== null) return { kind: 'refused', mistake: reachable };
  return { kind: 'chosen', resume: { directory, job: kept, point, place }, job };
}

type JobChoice = { kind: 'found'; kept: KeptJob; job: RecordedJob } | { kind: 'refused'; mistake: Mistake };

function chooseJob(all: readonly KeptJob[], { record, job }: ResumeRequest): JobChoice {
  const known = all.flatMap((kept) => {
    const recorded = record.jobs.find(({ jobKey }) => jobKey === kept.jobKey);
    return recorded === undefined ? [] : [{ kind: 'found' as const, kept, job: recorded }];
  });
  if (known.length === 0) {
    const mend =
      "Run it again with 'slipway rerun --failed'; kept are jobs that fail, of the last three runs that have some.";
    return refused(`nothing is kept of the jobs of run ${record.runNumber}`, mend);
  }
  const names = known.map((one) => one.job.name);
  const named = known.filter((one) =>
    job === null
      ? known.length === 1 || failedPlace(one.kept) !== null
      : [one.job.id, one.job.jobKey, one.job.name].some((name) => same(name, job)),
  );
  const [only, another] = named;
  if (only !== undefined && another === undefined) return only;
  return only === undefined
    ? refused(`nothing is kept of a job ${job ?? 'that failed'}`, `Name one with --job: ${names.join(', ')}.`)
    : refused(
        'more than one job is kept',
        `Name one with --job: ${named.map((one) => one.job.name).join(', ')}.`,
      );
}

function stepsOf({ graphs }: RunPlan, id: string): readonly Step[] {
  let graph = graphs[0];
  const ids = id.split('/');
  for (const caller of ids.slice(0, -1)) {
    const callee = graph?.jobs.find((one) => one.job.id === caller)?.callee;
    graph = callee === undefined ? undefined : graphs[callee];
  }
  const job = graph?.jobs.find((one) => one.job.id === ids.at(-1))?.job;
  return job?.kind === 'job' ? job.steps : [];
}

function isNamed(step: Step, at: number, typed: string): boolean {
  return [...stepNames(step), String(at + 1)].some((name) => same(name, typed));
}

/** Where the job stood before what is the same step now: by id, by name, else by its place. */
function pointOf({ points }: KeptJob, step: Step, place: number): KeptPoint | undefined {
  const names = stepNames(step);
  return (
    points.find(({ id }) => id !== undefined && id === step.id) ??
    points.find((point) => point.place === place && names.includes(point.name)) ??
    points.find(({ name }) => names.includes(name)) ??
    points.find((point) => point.place === place)
  );
}

function assessPoint(kept: KeptJob, point: KeptPoint): Mistake | null {
  if (point.copied) return null;
  const failed = failedPlace(kept);
  if (failed !== null && point.place >= failed) return null;
  const stopped = kept.points.find(({ place }) => place === failed);
  return {
    message: `the workspace as it was before '${point.name}' is not kept, only as the job has left it`,
    mend:
      stopped === undefined
        ? 'Run it with --checkpoint, which copies the workspace before each step.'
        : `Go on from '${stopped.name}', which failed, or run it with --checkpoint, which copies the workspace before each step.`,
  };
}

function refused(message: string, mend: string): { kind: 'refused'; mistake: Mistake } {
  return { kind: 'refused', mistake: { message, mend } };
}

function same(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}
