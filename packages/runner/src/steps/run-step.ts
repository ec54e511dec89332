import type { ActionStep, RunStep } from '@slipway/workflow';
import { createStepFiles } from '../commands/step-files.ts';
import type { JobEnvironment } from '../job/job-environment.ts';
import { type JobState, worsen } from '../job/job-state.ts';
import { displayName } from './display-name.ts';
import {
  decideStep,
  evaluateStepEnv,
  outcomeOf,
  performStep,
  type StepResult,
  type StepTask,
} from './perform-step.ts';
import { type RunningStep, type Scope, type Stage, scopeOf } from './running-step.ts';
import { runScript } from './script-step.ts';
import { createStepReport } from './step-report.ts';

/** A step of the job itself that is due. */
export interface DueStep {
  step: RunStep | ActionStep;
  stage: Stage;
  task: StepTask;
  state?: Map<string, string>;
}

/** Runs one step of the job, reporting it as a step of its own. */
export async function runJobStep(job: JobState, scope: Scope, due: DueStep): Promise<StepResult> {
  const { step, stage, task } = due;
  const number = job.takeStepNumber();
  const report = createStepReport({ step: number, masker: job.masker, emit: job.emit, debug: job.debug });
  const running = createRunningStep({ job, scope, due, report, environment: job.environment });
  const envError = evaluateStepEnv(running, task.env);
  const startedAt = Date.now();
  job.emit({
    kind: 'step.started',
    at: startedAt,
    step: number,
    ...(step.id.startsWith('__') || stage !== 'main' ? {} : { id: step.id }),
    name: job.masker.maskText(titles[stage] + displayName(step, scopeOf(running))),
    phase: stage,
  });
  const result = decideStep(running, task, envError) ?? (await performStep(running, task));
  if (stage === 'main') publish(running, result);
  if (result.conclusion === 'failure' || result.conclusion === 'cancelled') worsen(job, result.conclusion);
  report.log.flush();
  const at = Date.now();
  job.emit({ kind: 'step.finished', at, step: number, ...result, durationMs: at - startedAt });
  return result;
}

const titles: Record<Stage, string> = { pre: 'Pre ', main: '', post: 'Post ' };

/** Makes outputs and result visible in the `steps` context. */
export function publish(step: RunningStep, result: StepResult): void {
  if (step.id.startsWith('__')) return;
  step.scope.steps[step.id] = { outputs: step.outputs, ...result };
}

function createRunningStep(options: {
  job: JobState;
  scope: Scope;
  due: DueStep;
  report: RunningStep['report'];
  environment: JobEnvironment;
}): RunningStep {
  const { job, scope, due, report, environment } = options;
  return {
    job,
    scope,
    id: due.step.id,
    stage: due.stage,
    report,
    environment,
    stepEnv: {},
    github: { ...job.contexts.github, action: due.step.id },
    state: due.state ?? new Map(),
    outputs: {},
    stop: new AbortController(),
    echoesCommands: job.debug,
    commandFailed: false,
  };
}

/** What a `run:` step does. */
export function scriptTask(step: RunStep): StepTask {
  return {
    condition: step.if,
    ...(step.env === undefined ? {} : { env: step.env }),
    ...(step.continueOnError === undefined ? {} : { continueOnError: step.continueOnError }),
    ...(step.timeoutMinutes === undefined ? {} : { timeoutMinutes: step.timeoutMinutes }),
    async execute(running) {
      const files = createStepFiles(running);
      try {
        return outcomeOf(running, await runScript(running, step));
      } finally {
        files.collect();
      }
    },
  };
}
