import { closeSync, existsSync, fstatSync, openSync, readFileSync, readSync } from 'node:fs';
import { join } from 'node:path';
import type { Conclusion, JobEvent, RunEvent, StepAnnotation, StepStarted } from '@slipway/contracts';
import { logFileName } from '../journal/run-journal.ts';

/** A run as its journal tells it; what had not ended when the journal was cut stays null. */
export interface RecordedRun {
  directory: string;
  runId: string;
  runNumber: number;
  workflow: string;
  workflowName: string;
  name: string;
  event: string;
  /** Epoch ms. */
  queuedAt: number;
  result: { conclusion: Conclusion; durationMs: number } | null;
  /** In the order they were planned. */
  jobs: RecordedJob[];
}

export interface RecordedJob {
  jobKey: string;
  id: string;
  name: string;
  needs: string[];
  startedAt: number | null;
  executor: string | null;
  result: { conclusion: Conclusion; durationMs: number; reason: string | null } | null;
  /** How its steps ended, before `continue-on-error` of the job; null: it never came to that. */
  outcome: Conclusion | null;
  outputs: Record<string, string>;
  steps: RecordedStep[];
}

export interface RecordedStep {
  step: number;
  id: string | null;
  name: string;
  phase: StepStarted['phase'];
  startedAt: number;
  result: { outcome: Conclusion; conclusion: Conclusion; durationMs: number } | null;
  annotations: StepAnnotation[];
  /** Markdown, in the order it was written. */
  summaries: string[];
  /** Where the job's log has this step's part; `end` null while it runs. Steps in the background share parts. */
  log: { start: number; end: number | null };
}

/** An event as the journal keeps it. */
type RecordedEvent = RunEvent & { logBytes?: number };

/**
 * Reads `events.ndjson` of a run's folder. A last line that was cut off by a crash is left out.
 * @returns null if there is no journal, or nothing in it yet
 */
export function readRecordedRun(directory: string): RecordedRun | null {
  let text: string;
  try {
    text = readFileSync(join(directory, 'events.ndjson'), 'utf8');
  } catch {
    return null;
  }
  let run: RecordedRun | null = null;
  for (const line of text.split('\n')) {
    const event = parseLine(line);
    if (event === null) continue;
    if (event.kind === 'run.queued') run = beginRun(directory, event);
    else if (run !== null) addEvent(run, event);
  }
  return run;
}

/** Which part of which job's log. */
export interface LogRange {
  jobKey: string;
  log: RecordedStep['log'];
}

/** The text of a step's part of its job's log, or of its last `lastBytes`. */
export function readStepLog(run: RecordedRun, range: LogRange, lastBytes = Number.POSITIVE_INFINITY): string {
  return Buffer.concat([...streamStepLog(run, range, lastBytes)]).toString('utf8');
}

/** The same in pieces, for logs of any size. */
export function* streamStepLog(
  run: RecordedRun,
  { jobKey, log }: LogRange,
  lastBytes = Number.POSITIVE_INFINITY,
): Generator<Buffer> {
  const file = join(run.directory, logFileName(jobKey));
  if (!existsSync(file)) return;
  const descriptor = openSync(file, 'r');
  try {
    const end = log.end ?? fstatSync(descriptor).size;
    for (let at = Math.max(log.start, end - lastBytes); at < end; ) {
      const chunk = Buffer.allocUnsafe(Math.min(1 << 18, end - at));
      const count = readSync(descriptor, chunk, 0, chunk.length, at);
      if (count === 0) return;
      yield chunk.subarray(0, count);
      at += count;
    }
  } finally {
    closeSync(descriptor);
  }
}

function parseLine(line: string): RecordedEvent | null {
  if (line === '') return null;
  try {
    return JSON.parse(line) as RecordedEvent;
  } catch {
    return null;
  }
}

function beginRun(directory: string, event: Extract<RunEvent, { kind: 'run.queued' }>): RecordedRun {
  const { runId, runNumber, workflow, workflowName, name } = event;
  return {
    directory,
    runId,
    runNumber,
    workflow,
    workflowName,
    name,
    event: event.event,
    queuedAt: event.at,
    result: null,
    jobs: [],
  };
}

function addEvent(run: RecordedRun, event: RecordedEvent): void {
  switch (event.kind) {
    case 'run.queued':
    case 'run.started':
    case 'job.waiting':
      return;
    case 'run.finished':
      run.result = { conclusion: event.conclusion, durationMs: event.durationMs };
      return;
    case 'job.planned': {
      const { jobKey, id, name, needs } = event;
      const nothingYet = {
        startedAt: null,
        executor: null,
        result: null,
        outcome: null,
        outputs: {},
        steps: [],
      };
      run.jobs.push({ jobKey, id, name, needs, ...nothingYet });
      return;
    }
    case 'job.concluded': {
      const { conclusion, durationMs, reason = null } = event;
      const job = jobOf(run, event.jobKey);
      if (job !== undefined) job.result = { conclusion, durationMs, reason };
      return;
    }
    case 'job.progress': {
      const job = jobOf(run, event.jobKey);
      if (job !== undefined) addProgress(job, event.event, event.logBytes ?? 0);
      return;
    }
    default:
      event satisfies never;
  }
}

function addProgress(job: RecordedJob, event: JobEvent, logBytes: number): void {
  switch (event.kind) {
    case 'job.started':
      job.startedAt = event.at;
      job.executor = event.executor;
      return;
    case 'job.finished':
      job.outcome = event.conclusion;
      job.outputs = event.outputs;
      return;
    case 'step.started': {
      const { step, id = null, name, phase, at: startedAt } = event;
      const log = { start: logBytes, end: null };
      job.steps.push({ step, id, name, phase, startedAt, result: null, annotations: [], summaries: [], log });
      return;
    }
    case 'step.finished': {
      const { outcome, conclusion, durationMs } = event;
      const step = stepOf(job, event.step);
      if (step !== undefined) {
        step.result = { outcome, conclusion, durationMs };
        step.log.end = logBytes;
      }
      return;
    }
    case 'step.annotation':
      stepOf(job, event.step)?.annotations.push(event);
      return;
    case 'step.summary':
      stepOf(job, event.step)?.summaries.push(event.markdown);
      return;
    case 'step.log':
      return;
    default:
      event satisfies never;
  }
}

function jobOf(run: RecordedRun, jobKey: string): RecordedJob | undefined {
  return run.jobs.find((job) => job.jobKey === jobKey);
}

function stepOf(job: RecordedJob, step: number): RecordedStep | undefined {
  return job.steps.findLast((one) => one.step === step);
}
