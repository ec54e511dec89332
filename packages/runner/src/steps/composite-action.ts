import type { ActionStep, CompositeActionRuns, ExpressionTemplate, RunStep } from '@slipway/workflow';
import { evaluateString } from '@slipway/workflow/expressions';
import type { ResolvedAction } from '../actions/action-store.ts';
import { performGated } from '../debug/perform-gated.ts';
import { createRunningStep } from './create-running-step.ts';
import { displayName } from './display-name.ts';
import { decideStep, evaluateStepEnv, publish, type StepResult, stopStep } from './perform-step.ts';
import { duePres } from './pre-stages.ts';
import {
  type CompositeScope,
  type RunningStep,
  type Scope,
  type StopReason,
  scopeOf,
} from './running-step.ts';
import { StepError } from './step-error.ts';
import { memoryOf, type StepMemory } from './step-memory.ts';
import type { StepEnd, TaskFactory } from './step-task.ts';

export interface CompositeUse {
  resolved: ResolvedAction;
  runs: CompositeActionRuns;
  inputs: Record<string, string>;
  tasks: TaskFactory;
}

const maxDepth = 10;

/**
 * Runs a stage of a composite action: its steps share the log of the step that uses it, and have `inputs`, `steps` and
 * success() of their own.
 * @see https://github.com/actions/runner/blob/main/src/Runner.Worker/Handlers/CompositeActionHandler.cs
 */
export async function runComposite(user: RunningStep, use: CompositeUse): Promise<StepEnd> {
  assessDepth(user);
  const composite: CompositeScope = { user, actionPath: use.resolved.directory, status: 'success' };
  const scope: Scope = {
    memory: user.memory.inner,
    inputs: use.inputs,
    ownRepository: use.resolved.repositoryRoot,
    composite,
  };
  const onCancel = () => {
    composite.status = 'cancelled';
  };
  user.job.cancelled.addEventListener('abort', onCancel, { once: true });
  try {
    for (const due of await dueSteps(user, use)) {
      const { conclusion } = await runInnerStep(scope, due, use.tasks);
      if (composite.status === 'cancelled') continue;
      if (conclusion === 'failure' || conclusion === 'cancelled') composite.status = conclusion;
    }
  } finally {
    user.job.cancelled.removeEventListener('abort', onCancel);
  }
  if (user.stage === 'main') setOutputs(user, use, scope);
  return composite.status;
}

function assessDepth(user: RunningStep): void {
  let depth = 1;
  for (let outer = user.scope.composite; outer !== undefined; outer = outer.user.scope.composite) depth++;
  if (depth <= maxDepth) return;
  throw new StepError(
    `Composite actions are nested more than ${maxDepth} deep`,
    'Remove the action that uses itself, or flatten the actions.',
  );
}

async function dueSteps(user: RunningStep, { runs }: CompositeUse): Promise<DueInnerStep[]> {
  const { inner } = user.memory;
  if (user.stage === 'post') {
    return inner.posts.toReversed().map(({ step, memory, condition }) => ({ step, memory, condition }));
  }
  const steps = runs.steps.flatMap((step, place) =>
    step.kind === 'run' || step.kind === 'action' ? [{ step, place, memory: memoryOf(inner, place) }] : [],
  );
  if (user.stage === 'main') return steps.map((due) => ({ ...due, condition: due.step.if }));
  return await duePres(user.job, steps, user.memory.resolved?.repositoryRoot ?? '');
}

interface DueInnerStep {
  step: RunStep | ActionStep;
  /** In the action's list; of the main stage. */
  place?: number;
  memory: StepMemory;
  condition: ExpressionTemplate;
}

async function runInnerStep(scope: Scope, due: DueInnerStep, tasks: TaskFactory): Promise<StepResult> {
  const { user, actionPath } = scope.composite as CompositeScope;
  const step = createRunningStep({
    job: user.job,
    scope,
    stage: user.stage,
    source: due.step,
    memory: due.memory,
    report: user.report,
    environment: user.environment,
    ...(due.place === undefined ? {} : { place: due.place }),
    stepEnv: { ...user.stepEnv },
    github: {
      ...user.github,
      action_path: user.job.executor.toStepPath(actionPath),
      action_repository: '',
      action_ref: '',
    },
  });
  const unlink = stopWith(user, step);
  const task = tasks({ ...due, stage: user.stage });
  const envError = evaluateStepEnv(step, task.env);
  step.title = displayName(due.step, scopeOf(step));
  const result = await performGated(step, {
    task,
    decision: decideStep(step, task, envError),
    taskOf: (source) => tasks({ step: source, stage: user.stage }),
    reread: () => rereadStep(user, due),
  });
  unlink();
  if (user.stage === 'main') publish(step, result);
  return result;
}

/** The step as the action's file has it now; undefined where that can't have changed. */
async function rereadStep(
  user: RunningStep,
  { place }: DueInnerStep,
): Promise<RunStep | ActionStep | undefined> {
  const { job, scope, source } = user;
  if (source.kind !== 'action' || !source.uses.startsWith('./') || place === undefined) return undefined;
  const context = {
    workspace: job.folders.workspace,
    ownRepository: scope.ownRepository,
    workflowPath: job.request.workflowPath,
  };
  const { action } = await job.options.actions.resolve(source.uses, context, job.killed);
  const step = action.runs.kind === 'composite' ? action.runs.steps[place] : undefined;
  return step?.kind === 'run' || step?.kind === 'action' ? step : undefined;
}

/** A cancelled job asks each inner step for itself; other reasons stop them with the step that uses the action. */
function stopWith(user: RunningStep, step: RunningStep): () => void {
  const { signal } = user.stop;
  const onStop = () => {
    const reason = signal.reason as StopReason;
    if (reason !== 'cancelled') stopStep(step, reason);
  };
  if (signal.aborted) onStop();
  signal.addEventListener('abort', onStop, { once: true });
  return () => signal.removeEventListener('abort', onStop);
}

function setOutputs(user: RunningStep, { resolved }: CompositeUse, scope: Scope): void {
  const inside = createRunningStep({ ...user, scope, stepEnv: user.stepEnv, github: user.github });
  for (const [name, { value }] of Object.entries(resolved.action.outputs)) {
    if (value !== undefined) user.outputs[name] = evaluateString(value, scopeOf(inside));
  }
}
