import type { ActionStep, ExpressionTemplate, RunStep } from '@slipway/workflow';
import { performGated } from '../debug/perform-gated.ts';
import type { JobEnvironment } from '../job/job-environment.ts';
import type { JobState } from '../job/job-state.ts';
import { createRunningStep } from './create-running-step.ts';
import { displayName } from './display-name.ts';
import { type Decision, decideStep, evaluateStepEnv, type StepResult } from './perform-step.ts';
import { type RunningStep, type Scope, type Stage, scopeOf } from './running-step.ts';
import type { StepMemory } from './step-memory.ts';
import { createStepReport } from './step-report.ts';
import type { StepTask } from './step-task.ts';
import { taskOf } from './task-of.ts';

/** One stage of a step of the job itself that is due. */
export interface DueJobStep {
  job: JobState;
  scope: Scope;
  step: RunStep | ActionStep;
  stage: Stage;
  /** Position among the job's steps; of the main stage. */
  place?: number;
  memory: StepMemory;
  environment: JobEnvironment;
  /** Default the step's `if`. */
  condition?: ExpressionTemplate;
  /** Of the main stage, if it is known. */
  title?: string;
}

/** A step whose turn it is: `if` and name are evaluated, nothing is reported or executed yet. */
export interface OpenedStep {
  readonly running: RunningStep;
  readonly task: StepTask;
  readonly decision: Decision;
  readonly number: number;
}

/** Evaluates what must be known before the step starts; problems are kept for its log. */
export function openStep(due: DueJobStep): OpenedStep {
  const { job, scope, stage, step, memory, environment } = due;
  const number = job.takeStepNumber();
  const report = createStepReport({ step: number, masker: job.masker, emit: job.emit, debug: job.debug });
  const running = createRunningStep({
    job,
    scope,
    stage,
    source: step,
    memory,
    report,
    environment,
    ...(due.place === undefined ? {} : { place: due.place }),
    stepEnv: {},
    github: { ...job.contexts.github, action: step.id },
  });
  const task = taskOf(due);
  const envError = evaluateStepEnv(running, task.env);
  running.title = due.title ?? displayName(step, scopeOf(running));
  return { running, task, decision: decideStep(running, task, envError), number };
}

/** Reports the step and executes it, if there is something to execute. */
export async function runOpenedStep(opened: OpenedStep): Promise<StepResult> {
  const { running, task, decision, number } = opened;
  const { job, stage, id, title, report } = running;
  const startedAt = Date.now();
  job.emit({
    kind: 'step.started',
    at: startedAt,
    step: number,
    ...(id.startsWith('__') || stage !== 'main' ? {} : { id }),
    name: job.masker.maskText(titlePrefix[stage] + title),
    phase: stage,
  });
  const result = await performGated(running, {
    task,
    decision,
    taskOf: (step) => taskOf({ step, stage }),
  });
  report.log.flush();
  const at = Date.now();
  job.emit({ kind: 'step.finished', at, step: number, ...result, durationMs: at - startedAt });
  return result;
}

const titlePrefix: Record<Stage, string> = { pre: 'Pre ', main: '', post: 'Post ' };
