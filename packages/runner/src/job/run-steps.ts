import type { CancelStep, Step, WaitAllStep, WaitStep } from '@slipway/workflow';
import { markPoint } from '../kept/step-points.ts';
import { displayName } from '../steps/display-name.ts';
import { publish } from '../steps/perform-step.ts';
import type { DuePre } from '../steps/pre-stages.ts';
import { type DueJobStep, openStep, runOpenedStep } from '../steps/run-step.ts';
import type { Scope } from '../steps/running-step.ts';
import { memoryOf } from '../steps/step-memory.ts';
import type { StepReport } from '../steps/step-report.ts';
import type { StepEnd } from '../steps/step-task.ts';
import { type BackgroundSteps, createBackgroundSteps } from './background-steps.ts';
import { jobScope } from './job-contexts.ts';
import { type JobState, worsen } from './job-state.ts';
import { runOwnStep } from './own-step.ts';

/**
 * Runs pre stages, steps and post stages, in this order. Never throws: what goes wrong is the result of a step.
 * @see https://github.com/actions/runner/blob/main/src/Runner.Worker/StepsRunner.cs
 */
export async function runSteps(job: JobState, scope: Scope, pres: DuePre[]): Promise<void> {
  for (const pre of pres) {
    await runStage({ job, scope, stage: 'pre', environment: job.environment, ...pre });
  }
  const background = createBackgroundSteps();
  // Not by an iterator: the steps to come may be edited while the job is held.
  for (let place = 0; place < job.steps.length; place++) {
    if (place < (job.resume?.place ?? 0)) job.takeStepNumber();
    else await runMain({ job, scope, background, step: job.steps[place] as Step, place });
  }
  if (background.unawaited().length > 0) {
    const name = 'Wait for all background steps';
    await runControl({ job, scope, background, step: { kind: 'wait-all', id: '__wait_all' }, name });
  }
  const { posts } = scope.memory;
  for (let post = posts.pop(); post !== undefined; post = posts.pop()) {
    await runStage({ job, scope, stage: 'post', environment: job.environment, ...post });
  }
}

async function runStage(due: DueJobStep): Promise<void> {
  const { conclusion } = await runOpenedStep(openStep(due));
  if (conclusion === 'failure') worsen(due.job, 'failure');
}

interface DueMain {
  job: JobState;
  scope: Scope;
  background: BackgroundSteps;
  step: Step;
  place: number;
}

async function runMain({ job, scope, background, step, place }: DueMain): Promise<void> {
  const point = job.options.kept === undefined ? undefined : await markPoint(job, scope, place);
  if (step.kind !== 'run' && step.kind !== 'action') {
    const name = displayName(step, jobScope(job, scope.memory.steps));
    await runControl({ job, scope, background, step, name });
    return;
  }
  const inBackground = step.background === true;
  const forked = job.environment.fork();
  const environment = inBackground ? forked : job.environment;
  const opened = openStep({
    job,
    scope,
    step,
    stage: 'main',
    place,
    environment,
    memory: memoryOf(scope.memory, place),
  });
  if (inBackground && opened.decision.kind === 'execute') {
    background.start(opened, forked);
    return;
  }
  const result = await runOpenedStep(opened);
  publish(opened.running, result);
  if (point !== undefined) point.conclusion = result.conclusion;
  if (result.conclusion === 'failure') worsen(job, 'failure');
}

type Control =
  | Pick<WaitStep, 'kind' | 'id' | 'wait'>
  | Pick<WaitAllStep, 'kind' | 'id'>
  | Pick<CancelStep, 'kind' | 'id' | 'cancel'>;

interface DueControl {
  job: JobState;
  scope: Scope;
  background: BackgroundSteps;
  step: Control;
  name: string;
}

/** Control steps run whatever happened before, as on GitHub. */
async function runControl({ job, scope, background, step, name }: DueControl): Promise<void> {
  const isNamed = !step.id.startsWith('__');
  const result = await runOwnStep(
    job,
    { ...(isNamed ? { id: step.id } : {}), name: job.masker.maskText(name), phase: 'main' },
    (report) => control(background, step, report),
    (end) => end,
  );
  const end = result.kind === 'failed' ? 'failure' : result.value;
  if (isNamed) scope.memory.steps[step.id] = { outputs: {}, outcome: end, conclusion: end };
  if (end === 'failure') worsen(job, 'failure');
}

async function control(background: BackgroundSteps, step: Control, report: StepReport): Promise<StepEnd> {
  switch (step.kind) {
    case 'wait':
    case 'wait-all': {
      const ids = step.kind === 'wait' ? step.wait : background.unawaited();
      report.log.line(
        ids.length === 0
          ? 'No background steps remain to wait for.'
          : `Waiting for background steps: ${background.titles(ids).join(', ')}`,
      );
      return await background.wait(ids);
    }
    case 'cancel':
      report.log.line(`Cancelling background step: ${background.titles([step.cancel]).join(', ')}`);
      await background.cancel(step.cancel);
      return 'success';
  }
}
