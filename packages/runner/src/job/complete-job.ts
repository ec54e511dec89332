import type { Value } from '@slipway/workflow';
import { displayString, evaluateTemplate } from '@slipway/workflow/expressions';
import { StepError } from '../steps/step-error.ts';
import type { StepReport } from '../steps/step-report.ts';
import { jobScope } from './job-contexts.ts';
import { type JobState, worsen } from './job-state.ts';

export interface JobResults {
  outputs: Record<string, string>;
  environmentUrl?: string;
}

/**
 * Evaluates the job's outputs and the URL of its environment. What holds a secret is dropped with a warning; what can't
 * be evaluated fails the job.
 * @see https://github.com/actions/runner/blob/main/src/Runner.Worker/JobExtension.cs (FinalizeJob)
 */
export function collectResults(
  job: JobState,
  steps: { [id: string]: Value },
  report: StepReport,
): JobResults {
  const results: JobResults = { outputs: {} };
  attempt(job, report, 'The job outputs could not be evaluated.', () => {
    const evaluated = evaluateOutputs(job, steps);
    assessSize(evaluated);
    for (const [name, value] of Object.entries(evaluated)) {
      if (value === '') report.debug(`Skip output '${name}' since it's empty`);
      else if (job.masker.maskText(value) !== value) {
        report.warning(`Skip output '${name}' since it may contain secret.`);
      } else results.outputs[name] = value;
    }
  });
  attempt(job, report, 'The environment url could not be evaluated.', () => {
    const url = evaluateUrl(job, steps);
    if (url === '') return;
    if (job.masker.maskText(url) !== url) {
      report.warning('Skip setting environment url since it may contain secret.');
    } else results.environmentUrl = url;
  });
  return results;
}

const largestOutputsBytes = 1024 * 1024;

/** Counted in UTF-16, as GitHub counts them. */
function assessSize(outputs: Record<string, string>): void {
  const sizeBytes = Object.values(outputs).reduce((sum, value) => sum + value.length * 2, 0);
  if (sizeBytes <= largestOutputsBytes) return;
  throw new StepError(
    `The job's outputs hold ${Math.ceil(sizeBytes / 1024)} KiB, and a job may have ${largestOutputsBytes / 1024} KiB`,
    'Pass large data through artifacts.',
  );
}

function attempt(job: JobState, report: StepReport, failure: string, evaluate: () => void): void {
  try {
    evaluate();
  } catch (error) {
    report.error(failure);
    report.error(error);
    worsen(job, 'failure');
  }
}

function evaluateOutputs(job: JobState, steps: { [id: string]: Value }): Record<string, string> {
  const { outputs } = job.request;
  if (outputs === null) return {};
  const value = evaluateTemplate(outputs, jobScope(job, steps)) as { [name: string]: Value };
  return Object.fromEntries(Object.entries(value).map(([name, output]) => [name, displayString(output)]));
}

function evaluateUrl(job: JobState, steps: { [id: string]: Value }): string {
  const { environment } = job.request.job;
  if (environment?.kind !== 'mapping') return '';
  const url = environment.entries.find(({ key }) => key.kind === 'literal' && key.value === 'url')?.value;
  return url === undefined ? '' : displayString(evaluateTemplate(url, jobScope(job, steps)));
}
