import type { StepStarted } from '@slipway/contracts';
import { explainError } from '../steps/step-error.ts';
import { createStepReport, type StepReport } from '../steps/step-report.ts';
import type { StepEnd } from '../steps/step-task.ts';
import type { JobState } from './job-state.ts';

export interface OwnStep {
  id?: string;
  name: string;
  phase: StepStarted['phase'];
}

export type OwnStepResult<T> = { kind: 'done'; value: T } | { kind: 'failed'; reason: string };

/** Reports work of the runner's own as a step. `judge` tells how it ended by what it yielded; default success. */
export async function runOwnStep<T>(
  job: JobState,
  own: OwnStep,
  work: (report: StepReport) => Promise<T>,
  judge: (value: T) => StepEnd = () => 'success',
): Promise<OwnStepResult<T>> {
  const step = job.takeStepNumber();
  const report = createStepReport({ step, masker: job.masker, emit: job.emit, debug: job.debug });
  const startedAt = Date.now();
  job.emit({ kind: 'step.started', at: startedAt, step, ...own });
  let result: OwnStepResult<T>;
  try {
    result = { kind: 'done', value: await work(report) };
  } catch (error) {
    report.error(error);
    result = { kind: 'failed', reason: job.masker.maskText(explainError(error)) };
  }
  report.log.flush();
  const at = Date.now();
  const outcome = result.kind === 'done' ? judge(result.value) : 'failure';
  job.emit({ kind: 'step.finished', at, step, outcome, conclusion: outcome, durationMs: at - startedAt });
  return result;
}
