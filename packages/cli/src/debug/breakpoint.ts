import type { PausedStep } from '@slipway/runner';
import type { Step } from '@slipway/workflow';
import type { EventPlan } from '@slipway/workflow/plan';
import type { Mistake } from '../command-line/command.ts';
import { meant } from '../command-line/suggestion.ts';
import { stepNames } from './step-names.ts';

/** `--break-before JOB.STEP`. */
export interface Breakpoint {
  /** Id, key or name of a job; an id stands for all legs of its matrix. */
  job: string;
  /** Id, name or number (from 1) of a step; null: the first that runs. */
  step: string | null;
}

/** Ids hold no dot, so the first one ends the job. */
export function readBreakpoint(typed: string): Breakpoint {
  const dot = typed.indexOf('.');
  return dot === -1
    ? { job: typed, step: null }
    : { job: typed.slice(0, dot), step: typed.slice(dot + 1) || null };
}

/** Breakpoints that nothing in the plan can reach: to leave them would be to run on silently. */
export function assessBreakpoints(breakpoints: readonly Breakpoint[], { runs }: EventPlan): Mistake[] {
  const jobs = runs.flatMap(({ graphs }) =>
    graphs.flatMap((graph) => graph.jobs.flatMap(({ job }) => (job.kind === 'job' ? [job] : []))),
  );
  return breakpoints.flatMap(({ job: wanted, step }) => {
    const named = jobs.filter(({ id }) => same(id, lastId(wanted)));
    // A name may come from an expression or a matrix.
    if (named.length === 0 && jobs.some(({ name }) => name !== undefined)) return [];
    if (named.length === 0) {
      return [
        unknown(
          `--break-before ${wanted}: no job '${wanted}' would run`,
          wanted,
          jobs.map(({ id }) => id),
        ),
      ];
    }
    if (step === null || named.some(({ steps }) => mayHaveStep(steps, step))) return [];
    const names = named.flatMap(({ steps }) => steps.flatMap((one) => stepNames(one).slice(0, 1)));
    return [unknown(`--break-before ${wanted}.${step}: the job has no step '${step}'`, step, names)];
  });
}

/** Whether the step that is about to run is the one; `isFirst`: it is the first of its job. */
export function isAt(
  { job, step }: Breakpoint,
  { jobId, jobKey, jobName, frames }: PausedStep,
  isFirst: boolean,
): boolean {
  const [frame, user] = frames;
  if (frame === undefined || user !== undefined) return false;
  const keyOfLegs = jobKey.replaceAll(/\(\d+\)/g, '');
  if (![jobId, jobKey, keyOfLegs, jobName].some((name) => same(name, job))) return false;
  if (step === null) return isFirst;
  return [frame.id ?? '', frame.title, String(frame.place)].some((name) => same(name, step));
}

function mayHaveStep(steps: readonly Step[], wanted: string): boolean {
  const number = Number(wanted);
  if (Number.isInteger(number) && number >= 1 && number <= steps.length) return true;
  return steps.some(
    (step) => stepNames(step).some((name) => same(name, wanted)) || step.name?.kind === 'expression',
  );
}

/** `call/test` and `call(1)/test` are jobs of a called workflow, where it is `test`. */
function lastId(job: string): string {
  return (job.split('/').at(-1) ?? job).replace(/\(\d+\)$/, '');
}

function unknown(message: string, typed: string, names: string[]): Mistake {
  const mend = meant(typed, names) ?? `Name one of: ${[...new Set(names)].join(', ')}.`;
  return { message, mend };
}

function same(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}
