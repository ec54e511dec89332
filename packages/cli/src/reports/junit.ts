import {
  type RecordedJob,
  type RecordedRun,
  type RecordedStep,
  readStepLog,
} from '../history/recorded-run.ts';
import { plainLog } from './plain-log.ts';

/** How much of a failing step's log the report repeats. */
const lastLogBytes = 16_384;

/**
 * Runs as a JUnit report, for whatever shows test results: a suite for each job, a case for each step.
 * @see https://github.com/testmoapp/junitxml
 */
export function junitReport(runs: readonly RecordedRun[]): string {
  const suites = runs.flatMap((run) => run.jobs.map((job) => suite(run, job)));
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites>\n${suites.join('')}</testsuites>\n`;
}

function suite(run: RecordedRun, job: RecordedJob): string {
  const ran = job.steps.filter(({ phase, result }) => phase === 'main' || result?.conclusion === 'failure');
  const failures = ran.filter(({ result }) => result?.conclusion === 'failure').length;
  const skipped = ran.filter(({ result }) => result?.conclusion === 'skipped').length;
  const failedOutside = job.result?.conclusion === 'failure' && failures === 0;
  const attributes = {
    name: `${run.workflowName} / ${job.name}`,
    tests: Math.max(ran.length, 1),
    failures: failures + (failedOutside ? 1 : 0),
    errors: 0,
    skipped: skipped + (ran.length === 0 && !failedOutside ? 1 : 0),
    time: seconds(job.result?.durationMs),
    timestamp: new Date(job.startedAt ?? run.queuedAt).toISOString(),
  };
  const cases = ran.map((step) => stepCase(run, job, step));
  if (failedOutside)
    cases.push(jobCase(job, `<failure message=${quoted(job.result?.reason ?? 'the job failed')}/>`));
  else if (ran.length === 0)
    cases.push(jobCase(job, `<skipped message=${quoted(job.result?.reason ?? 'not run')}/>`));
  return `  <testsuite${attributesText(attributes)}>\n${cases.join('')}  </testsuite>\n`;
}

function jobCase(job: RecordedJob, inner: string): string {
  return `    <testcase${attributesText({ name: job.name, classname: job.id, time: 0 })}>${inner}</testcase>\n`;
}

function stepCase(run: RecordedRun, job: RecordedJob, step: RecordedStep): string {
  const opening = `    <testcase${attributesText({ name: step.name, classname: job.id, time: seconds(step.result?.durationMs) })}`;
  switch (step.result?.conclusion) {
    case 'success':
      return `${opening}/>\n`;
    case 'failure': {
      const message = step.annotations.find(({ level }) => level === 'error')?.message ?? 'the step failed';
      const log = readStepLog(run, { jobKey: job.jobKey, log: step.log }, lastLogBytes);
      return `${opening}><failure message=${quoted(message)}>${escaped(log)}</failure></testcase>\n`;
    }
    case 'skipped':
      return `${opening}><skipped/></testcase>\n`;
    case 'cancelled':
    case undefined:
      return `${opening}><skipped message="cancelled"/></testcase>\n`;
    default:
      throw new Error(`unknown conclusion ${step.result?.conclusion satisfies undefined}`);
  }
}

function attributesText(attributes: Record<string, string | number>): string {
  return Object.entries(attributes)
    .map(([name, value]) => ` ${name}=${quoted(String(value))}`)
    .join('');
}

function seconds(ms = 0): string {
  return (ms / 1000).toFixed(3);
}

function quoted(text: string): string {
  return `"${escaped(text).replaceAll('"', '&quot;').replaceAll('\n', '&#10;')}"`;
}

function escaped(text: string): string {
  return plainLog(text).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
