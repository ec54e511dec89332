import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { JobFinished } from '@slipway/contracts';
import type { JobRequest, Value } from '@slipway/workflow';
import { createMatcherRegistry } from '../commands/matcher-registry.ts';
import { createMasker } from '../output/masker.ts';
import type { EmitJobEvent } from '../output/step-log.ts';
import { createOutputPipes } from '../processes/output-pipes.ts';
import { endTracked } from '../processes/tracking.ts';
import type { RunningService } from '../services/service-provider.ts';
import { createHostExecutor } from '../steps/host-executor.ts';
import { runJobStep, scriptTask } from '../steps/run-step.ts';
import type { Scope } from '../steps/running-step.ts';
import { explainError } from '../steps/step-error.ts';
import { createStepReport, type StepReport } from '../steps/step-report.ts';
import { createWorkspace, removeWorkspace } from '../workspace/create-workspace.ts';
import { pickBaseEnvironment } from './base-environment.ts';
import { collectResults, type JobResults } from './complete-job.ts';
import { asksForDebugging, createContexts, isSecret } from './job-contexts.ts';
import { createJobEnvironment } from './job-environment.ts';
import { stopServices } from './job-services.ts';
import type { JobState } from './job-state.ts';
import type { RunnerOptions } from './runner-options.ts';
import { setUpJob } from './set-up-job.ts';

export interface JobRun {
  request: JobRequest;
  options: RunnerOptions;
  /** Counts the runner's jobs from 1. */
  number: number;
  emit: EmitJobEvent;
  /** The reason of its abortion is the reason, for people. */
  cancelled: AbortSignal;
  killed: AbortSignal;
}

/** Executes a job from its workspace to its last event; never throws. */
export async function runJob(run: JobRun): Promise<JobFinished> {
  run.emit({ kind: 'job.started', at: Date.now(), executor: 'host: processes of this machine' });
  const job = await createJob(run);
  const onCancel = () => {
    job.status = 'cancelled';
  };
  if (run.cancelled.aborted) onCancel();
  run.cancelled.addEventListener('abort', onCancel, { once: true });
  const steps: { [id: string]: Value } = {};
  const setUp = await bracket(job, { name: 'Set up job', phase: 'setup' }, (report) => setUpJob(job, report));
  if (setUp.kind === 'failed') job.status = job.status === 'cancelled' ? 'cancelled' : 'failure';
  else await runSteps(job, { steps, inputs: job.contexts.inputs, ownRepository: run.options.repositoryRoot });
  const services = setUp.kind === 'done' ? setUp.value : [];
  const completed = await bracket(job, { name: 'Complete job', phase: 'teardown' }, (report) =>
    completeJob({ job, steps, services, report }),
  );
  const results: JobResults = completed.kind === 'done' ? completed.value : { outputs: {} };
  const finished: JobFinished = {
    kind: 'job.finished',
    at: Date.now(),
    conclusion: job.status,
    ...results,
    ...(setUp.kind === 'failed' ? { reason: setUp.reason } : {}),
  };
  run.emit(finished);
  return finished;
}

async function createJob({ request, options, number, emit, cancelled, killed }: JobRun): Promise<JobState> {
  const folders = await createWorkspace({
    workDirectory: options.workDirectory,
    job: number,
    repository: String(request.contexts.github.repository ?? 'local/repository'),
  });
  const pipeDirectory = join(folders.root, '_pipes');
  await mkdir(pipeDirectory);
  const pipes = createOutputPipes(pipeDirectory);
  const contexts = createContexts(request, options, folders);
  const masker = createMasker();
  for (const [name, value] of Object.entries(contexts.secrets)) {
    if (isSecret(name)) masker.add(String(value));
  }
  let lastStep = 0;
  return {
    request,
    options,
    folders,
    trackingId: `${options.trackingPrefix}_${number}`,
    executor: createHostExecutor({ baseEnv: pickBaseEnvironment(options.baseEnv), pipes }),
    masker,
    matchers: createMatcherRegistry(),
    emit,
    contexts,
    environment: createJobEnvironment(),
    defaults: {},
    debug: asksForDebugging(request),
    cancelled,
    killed,
    status: 'success',
    takeStepNumber: () => lastStep++,
    hashFiles: () => '',
  };
}

async function runSteps(job: JobState, scope: Scope): Promise<void> {
  for (const step of job.request.job.steps) {
    if (step.kind !== 'run') continue;
    await runJobStep(job, scope, { step, stage: 'main', task: scriptTask(step) });
  }
}

interface Completion {
  job: JobState;
  steps: { [id: string]: Value };
  services: RunningService[];
  report: StepReport;
}

async function completeJob({ job, steps, services, report }: Completion): Promise<JobResults> {
  const results = collectResults(job, steps, report);
  await stopServices(services);
  const ended = await endTracked(job.trackingId);
  if (ended > 0) report.log.line(`Ended ${ended} processes that the job had left running.`);
  if (job.options.keepWorkspace !== true) {
    const left = await removeWorkspace(job.folders);
    if (left !== undefined) report.warning(left);
  }
  return results;
}

type Bracketed<T> = { kind: 'done'; value: T } | { kind: 'failed'; reason: string };

/** Reports work of the runner's own as a step. */
async function bracket<T>(
  job: JobState,
  { name, phase }: { name: string; phase: 'setup' | 'teardown' },
  work: (report: StepReport) => Promise<T>,
): Promise<Bracketed<T>> {
  const step = job.takeStepNumber();
  const report = createStepReport({ step, masker: job.masker, emit: job.emit, debug: job.debug });
  const startedAt = Date.now();
  job.emit({ kind: 'step.started', at: startedAt, step, name, phase });
  let result: Bracketed<T>;
  try {
    result = { kind: 'done', value: await work(report) };
  } catch (error) {
    report.error(error);
    result = { kind: 'failed', reason: job.masker.maskText(explainError(error)) };
  }
  report.log.flush();
  const at = Date.now();
  const outcome = result.kind === 'done' ? 'success' : 'failure';
  job.emit({
    kind: 'step.finished',
    at,
    step,
    outcome,
    conclusion: outcome,
    durationMs: at - startedAt,
  });
  return result;
}
