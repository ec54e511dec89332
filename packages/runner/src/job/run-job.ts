import type { JobFinished } from '@slipway/contracts';
import { endTracked } from '../processes/tracking.ts';
import type { RunningService } from '../services/service-provider.ts';
import type { Scope } from '../steps/running-step.ts';
import { explainError } from '../steps/step-error.ts';
import { createScopeMemory } from '../steps/step-memory.ts';
import type { StepReport } from '../steps/step-report.ts';
import { removeWorkspace } from '../workspace/create-workspace.ts';
import { collectResults, type JobResults } from './complete-job.ts';
import { createJob, type JobRun } from './create-job.ts';
import { describeExecutor } from './job-container.ts';
import { stopServices } from './job-services.ts';
import { type JobState, worsen } from './job-state.ts';
import { type OwnStepResult, runOwnStep } from './own-step.ts';
import { runSteps } from './run-steps.ts';
import { setUpJob } from './set-up-job.ts';
import { limitTime } from './time-limits.ts';

export interface JobControls {
  cancel(reason: string): void;
  kill(): void;
}

/** Executes a job from its workspace to its last event. Never rejects: what the runner itself can't do fails the job. */
export async function runJob(run: JobRun, controls: JobControls): Promise<JobFinished> {
  run.emit({ kind: 'job.started', at: Date.now(), executor: describeExecutor(run) });
  let ended: Omit<JobFinished, 'kind' | 'at'>;
  try {
    ended = await runCreatedJob(await createJob(run), controls);
  } catch (error) {
    ended = { conclusion: 'failure', outputs: {}, reason: explainError(error) };
  }
  const finished: JobFinished = { kind: 'job.finished', at: Date.now(), ...ended };
  run.emit(finished);
  return finished;
}

async function runCreatedJob(
  job: JobState,
  controls: JobControls,
): Promise<Omit<JobFinished, 'kind' | 'at'>> {
  const onCancel = () => {
    job.status = 'cancelled';
  };
  // Before any step listens: a step's `if` is tested again with the new status.
  job.cancelled.addEventListener('abort', onCancel, { once: true });
  if (job.cancelled.aborted) onCancel();
  const limits = limitTime(job, controls);
  const scope: Scope = {
    memory: createScopeMemory(),
    inputs: job.contexts.inputs,
    ownRepository: job.options.repositoryRoot,
  };
  const setUp = await runOwnStep(job, { name: 'Set up job', phase: 'setup' }, (report) =>
    setUpJob(job, scope, report),
  );
  if (setUp.kind === 'failed') worsen(job, 'failure');
  else await runSteps(job, scope, setUp.value.pres);
  const services = setUp.kind === 'done' ? setUp.value.services : [];
  const completed = await runOwnStep(job, { name: 'Complete job', phase: 'teardown' }, (report) =>
    completeJob({ job, scope, services, report, timedOut: limits.exceeded !== undefined }),
  );
  limits.stop();
  const results = completed.kind === 'done' ? completed.value : { outputs: {} };
  const reason = limits.exceeded ?? whyItEnded(job, setUp);
  return {
    // A job whose time was up has failed, though its steps saw it cancelled.
    conclusion: limits.exceeded === undefined ? job.status : 'failure',
    ...results,
    ...(reason === undefined ? {} : { reason }),
  };
}

function whyItEnded(job: JobState, setUp: OwnStepResult<unknown>): string | undefined {
  if (job.status === 'cancelled') return String(job.cancelled.reason);
  return setUp.kind === 'failed' ? setUp.reason : undefined;
}

interface Completion {
  job: JobState;
  scope: Scope;
  services: RunningService[];
  report: StepReport;
  timedOut: boolean;
}

async function completeJob({ job, scope, services, report, timedOut }: Completion): Promise<JobResults> {
  if (job.status === 'cancelled' && !timedOut) report.log.line(`Cancelled: ${job.cancelled.reason}`);
  const results = collectResults(job, scope.memory.steps, report);
  await stopServices(services);
  await job.containers?.close();
  const ended = await endTracked(job.trackingId, job.began);
  if (ended > 0) report.log.line(`Ended ${ended} processes that the job had left running.`);
  job.pipes.close();
  if (job.options.keepWorkspace !== true && !(isKept(job, timedOut) && (await keep(job, report)))) {
    const left = await removeWorkspace(job.folders);
    if (left !== undefined) report.warning(left);
  }
  return results;
}

/** One that goes on from a step is kept also when it is cancelled: its folder was the kept one. */
function isKept({ options, points, status, resume }: JobState, timedOut: boolean): boolean {
  if (options.kept === undefined || (points.length === 0 && resume === undefined)) return false;
  return (
    options.kept.copies || timedOut || status === 'failure' || (resume !== undefined && status !== 'success')
  );
}

async function keep(job: JobState, report: StepReport): Promise<boolean> {
  try {
    const { keepWhereAsked } = await import('../kept/keep-job.ts');
    report.log.line(`Kept for 'slipway rerun --from-step': ${await keepWhereAsked(job)}`);
    return true;
  } catch (error) {
    report.warning(`The job can't be kept: ${explainError(error)}`);
    return false;
  }
}
