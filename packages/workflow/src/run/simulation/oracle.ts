import type { StatusFunctions } from '../../expressions/value.ts';
import type { Job, ReusableJob, Workflow } from '../../model/workflow.ts';
import type { Conclusion } from '../conclusion.ts';
import { groupOf, type JobTraits, type RandomEvent } from './random-event.ts';
import type { Cancel, RunRecord } from './record.ts';

/**
 * What every job of a simulated event must have come to, worked out anew from the files and from what happened outside,
 * without the planner, the machine or the expressions. It looks back from the end, so it needs no states: only who was
 * stopped when.
 */
export interface Oracle {
  event: RandomEvent;
  records: RunRecord[];
  /** By `RUN job KEY`, `RUN leg KEY`. */
  expected: Map<string, Expectation>;
}

export interface Expectation {
  conclusion: Conclusion;
  outputs: Record<string, string>;
  at: number;
}

interface JobExpectation extends Expectation {
  /** The conclusions of the job and of everything before it. */
  line: Conclusion[];
}

/** The jobs of a workflow, or of a call, and when they were stopped. */
interface Frame {
  run: number;
  workflow: Workflow;
  prefix: string;
  stops: Stops;
  /** Concurrency groups held around the jobs. */
  held: string[];
  jobs: Map<string, JobExpectation>;
}

interface Stops {
  /** From when on jobs are cancelled that don't survive it. */
  cancelledAt: number;
  /** From when on nothing survives. */
  forcedAt: number;
}

const never = Number.POSITIVE_INFINITY;

/** @throws if something happened that must not have happened: a job ran twice, was lost, or ran after it was stopped. */
export function foretell(event: RandomEvent, records: RunRecord[]): { oracle: Oracle; runs: Conclusion[] } {
  const oracle: Oracle = { event, records, expected: new Map() };
  const frames: Frame[] = [];
  for (const [run, workflow] of event.started.entries()) frames.push(rootFrame(oracle, run, workflow));
  const runs = frames.map((frame): Conclusion => {
    const jobs = frame.workflow.jobs.map((job) => jobOf(oracle, frames, frame, job));
    return frame.stops.cancelledAt < never ? 'cancelled' : worst(jobs.map(({ conclusion }) => conclusion));
  });
  return { oracle, runs };
}

function rootFrame({ records }: Oracle, run: number, workflow: Workflow): Frame {
  const { cancels, admittedAt } = records[run] as RunRecord;
  const held = workflow.concurrency ? [groupOf(workflow.concurrency)] : [];
  const waits = ({ at }: Cancel): boolean =>
    held.length > 0 && !(admittedAt !== undefined && admittedAt < at);
  const stops = {
    cancelledAt: earliest(cancels.map(({ at }) => at)),
    forcedAt: earliest(cancels.filter((one) => one.force || waits(one)).map(({ at }) => at)),
  };
  return { run, workflow, prefix: '', stops, held, jobs: new Map() };
}

function jobOf(oracle: Oracle, frames: Frame[], frame: Frame, job: Job): JobExpectation {
  const known = frame.jobs.get(job.id);
  if (known) return known;
  const needs = job.needs.map((id) => needOf(oracle, frames, frame, id));
  const found = foretellJob(oracle, frames, { frame, job, needs });
  // A job that was cancelled by force did not wait for its needs, and knows of siblings only what it was told.
  const { toldAt } = oracle.records[frame.run] as RunRecord;
  const isOwn = (id: string): boolean => frame.workflow.jobs.some((one) => one.id === id);
  const before = needs.filter(({ at }, i) => {
    const id = job.needs[i] ?? '';
    return (isOwn(id) ? at : (toldAt.get(id) ?? never)) <= found.at;
  });
  const line = [found.conclusion, ...before.flatMap((need) => need.line)];
  const expectation = { ...found, line };
  frame.jobs.set(job.id, expectation);
  oracle.expected.set(`${frame.run} job ${frame.prefix}${job.id}`, expectation);
  return expectation;
}

function needOf(oracle: Oracle, frames: Frame[], frame: Frame, id: string): JobExpectation {
  for (const candidate of [frame, ...frames]) {
    const job = candidate.workflow.jobs.find((one) => one.id === id);
    if (job) return jobOf(oracle, frames, candidate, job);
  }
  throw new Error(`There is no job ${id}.`);
}

interface JobFacts {
  frame: Frame;
  job: Job;
  needs: JobExpectation[];
}

function foretellJob(oracle: Oracle, frames: Frame[], { frame, job, needs }: JobFacts): Expectation {
  const key = frame.prefix + job.id;
  const record = oracle.records[frame.run] as RunRecord;
  const openedAt = record.openedAt.get(key);
  if (openedAt === undefined) {
    if (frame.stops.forcedAt === never) throw new Error(`${key} was never opened.`);
    return { conclusion: 'cancelled', outputs: {}, at: frame.stops.forcedAt };
  }
  for (const need of needs)
    if (need.at > openedAt) throw new Error(`${key} was opened before its needs were concluded.`);
  const traits = oracle.event.traits.get(job) as JobTraits;
  const [first] = needs;
  const facts = { result: first?.conclusion, output: first?.outputs.v ?? '' };
  const stopped = frame.stops.cancelledAt < openedAt;
  const runCancelled = (frames[frame.run]?.stops.cancelledAt ?? frame.stops.cancelledAt) < openedAt;
  const status: StatusFunctions = {
    success: !stopped && needs.every(({ line }) => line.every((one) => one === 'success')),
    failure: !stopped && needs.some(({ line }) => line.includes('failure')),
    cancelled: stopped || runCancelled,
  };
  const at = record.concludedAt.get(`job ${key}`) ?? never;
  if (!traits.condition.holds({ status, ...facts })) return { conclusion: 'skipped', outputs: {}, at };
  const legs = legCount(traits, first?.outputs.m);
  if (legs === undefined) return { conclusion: 'failure', outputs: {}, at };
  const cancelledStatus = { success: false, failure: false, cancelled: true };
  const survives = traits.condition.holds({ status: cancelledStatus, ...facts });
  return foretellLegs(oracle, frames, { frame, job, traits, key, legs, survives });
}

/** undefined: the output is no list, or an empty one. */
function legCount({ matrix }: JobTraits, output: string | undefined): number | undefined {
  switch (matrix.kind) {
    case 'none':
      return 1;
    case 'vector':
      return matrix.size;
    case 'from-output':
      return { '[1,2]': 2, '[7]': 1 }[output ?? ''];
    default:
      return matrix satisfies never;
  }
}

interface LegsFacts {
  frame: Frame;
  job: Job;
  traits: JobTraits;
  key: string;
  legs: number;
  survives: boolean;
}

/** In the order in which the legs were concluded: a failure stops those that were not, under fail-fast. */
function foretellLegs(oracle: Oracle, frames: Frame[], facts: LegsFacts): Expectation {
  const { frame, traits, key, legs } = facts;
  const record = oracle.records[frame.run] as RunRecord;
  const keys = Array.from({ length: legs }, (_, i) => (traits.matrix.kind === 'none' ? key : `${key}(${i})`));
  const concludedAt = (leg: string): number => record.concludedAt.get(`leg ${leg}`) ?? never;
  // What one event concluded together: the leg that it was about goes first, the others follow from it.
  const follows = (leg: string): number => {
    const report = record.reports.get(leg);
    const ownEnd = record.calledAt.has(leg) || (report !== undefined && report.kind !== 'returned');
    return ownEnd ? 0 : 1;
  };
  const order = [...keys.keys()].sort((a, b) => {
    const [left, right] = [keys[a] ?? '', keys[b] ?? ''];
    return concludedAt(left) - concludedAt(right) || follows(left) - follows(right) || a - b;
  });
  let failedAt = never;
  let outputs: Record<string, string> = {};
  const conclusions: Conclusion[] = [];
  for (const position of order) {
    const leg = keys[position] as string;
    const expectation = foretellLeg(oracle, frames, { ...facts, leg, position, failedAt });
    oracle.expected.set(`${frame.run} leg ${leg}`, expectation);
    conclusions.push(expectation.conclusion);
    if (expectation.conclusion === 'failure' && traits.failFast)
      failedAt = Math.min(failedAt, expectation.at);
    const set = Object.entries(expectation.outputs).filter(([, value]) => value !== '');
    outputs = { ...outputs, ...Object.fromEntries(set) };
  }
  return { conclusion: worst(conclusions), outputs, at: Math.max(...keys.map(concludedAt)) };
}

interface LegFacts extends LegsFacts {
  leg: string;
  position: number;
  /** When a sibling's failure stopped the leg. */
  failedAt: number;
}

function foretellLeg(oracle: Oracle, frames: Frame[], facts: LegFacts): Expectation {
  const { frame, job, traits, leg, position } = facts;
  const record = oracle.records[frame.run] as RunRecord;
  const at = record.concludedAt.get(`leg ${leg}`);
  if (at === undefined) throw new Error(`${leg} was never concluded.`);
  const stops = stopsOf(record, facts);
  const stopAt = Math.min(stops.cancelledAt, stops.forcedAt);
  const calledAt = record.calledAt.get(leg);
  if (job.kind === 'reusable' && calledAt !== undefined) {
    if (calledAt > stopAt) throw new Error(`${leg} was called after it was stopped.`);
    return { ...foretellCall(oracle, frames, { ...facts, job, stops }), at };
  }
  const { outcome, outputs } = outcomeOf(record, facts, { at, stopAt });
  const tolerant =
    traits.continueOnError === 'always' || (traits.continueOnError === 'first-leg' && position === 0);
  return { conclusion: tolerant && outcome === 'failure' ? 'success' : outcome, outputs, at };
}

function stopsOf(record: RunRecord, { frame, leg, survives, failedAt }: LegFacts): Stops {
  const own = record.legCancels.get(leg) ?? [];
  return {
    cancelledAt: Math.min(
      survives ? never : frame.stops.cancelledAt,
      frame.stops.forcedAt,
      failedAt,
      earliest(own.map(({ at }) => at)),
    ),
    forcedAt: Math.min(frame.stops.forcedAt, earliest(own.filter(({ force }) => force).map(({ at }) => at))),
  };
}

interface Moments {
  at: number;
  stopAt: number;
}

/** Before `continue-on-error`. */
function outcomeOf(
  record: RunRecord,
  { frame, traits, leg }: LegFacts,
  { at, stopAt }: Moments,
): { outcome: Conclusion; outputs: Record<string, string> } {
  const startedAt = record.startedAt.get(leg) ?? [];
  const report = record.reports.get(leg);
  for (const start of startedAt)
    if (start > stopAt) throw new Error(`${leg} was started after it was stopped.`);
  const ended = (outcome: Conclusion): { outcome: Conclusion; outputs: Record<string, string> } => ({
    outcome,
    outputs: {},
  });
  if (report === undefined) {
    if (startedAt.length > 0) throw new Error(`${leg} was started and never reported.`);
    const deadlocked = traits.groups.some((group) => frame.held.includes(group));
    if (deadlocked && at < stopAt) return ended('failure');
    if (stopAt > at) throw new Error(`${leg} was never started, though nothing stopped it.`);
    return ended('cancelled');
  }
  switch (report.kind) {
    case 'finished':
      return { outcome: report.conclusion, outputs: report.outputs };
    case 'lost':
      return ended(stopAt < report.at ? 'cancelled' : 'failure');
    case 'refused':
      return ended('skipped');
    case 'returned':
      if (stopAt > at) throw new Error(`${leg} was given back and never started again.`);
      return ended('cancelled');
    default:
      return report satisfies never;
  }
}

function foretellCall(
  oracle: Oracle,
  frames: Frame[],
  { frame, job, leg, traits, stops }: LegFacts & { job: ReusableJob; stops: Stops },
): Omit<Expectation, 'at'> {
  const workflow = oracle.event.called.get(job.uses) as Workflow;
  const called: Frame = {
    run: frame.run,
    workflow,
    prefix: `${leg}/`,
    stops,
    held: [...frame.held, ...traits.groups],
    jobs: new Map(),
  };
  const jobs = workflow.jobs.map((inner) => jobOf(oracle, frames, called, inner));
  const conclusion = worst(jobs.map((inner) => inner.conclusion));
  const lastAt = Math.max(...jobs.map((inner) => inner.at));
  const stopped = conclusion === 'skipped' && stops.cancelledAt <= lastAt;
  const v = jobs[0]?.outputs.v ?? '';
  return { conclusion: stopped ? 'cancelled' : conclusion, outputs: { v } };
}

function worst(conclusions: Conclusion[]): Conclusion {
  for (const one of ['failure', 'cancelled', 'success'] as const) if (conclusions.includes(one)) return one;
  return 'skipped';
}

function earliest(times: number[]): number {
  return Math.min(never, ...times);
}
