import type { ActionStep, ExpressionTemplate, RunStep } from '@slipway/workflow';
import { isCheckoutAction } from '../actions/checkout-action.ts';
import type { JobState } from '../job/job-state.ts';
import { memoryOf, type StepMemory } from './step-memory.ts';

export interface DuePre {
  step: ActionStep;
  memory: StepMemory;
  /** `pre-if`. */
  condition: ExpressionTemplate;
}

/**
 * The steps whose actions have something to do before the first step. Actions of the workspace have not: they are not
 * there yet.
 * @see https://github.com/actions/runner/blob/main/src/Runner.Worker/ActionManager.cs (PrepareActionsRecursiveAsync)
 */
export async function duePres(
  job: JobState,
  steps: { step: RunStep | ActionStep; memory: StepMemory }[],
  ownRepository: string,
): Promise<DuePre[]> {
  const due: DuePre[] = [];
  for (const { step, memory } of steps) {
    if (step.kind !== 'action') continue;
    const condition = await preCondition(job, { step, memory, ownRepository });
    if (condition !== undefined) due.push({ step, memory, condition });
  }
  return due;
}

interface Candidate {
  step: ActionStep;
  memory: StepMemory;
  ownRepository: string;
}

async function preCondition(job: JobState, candidate: Candidate): Promise<ExpressionTemplate | undefined> {
  const { step, memory, ownRepository } = candidate;
  if (/^(\.|docker:)/.test(step.uses) || isCheckoutAction(step.uses)) return undefined;
  memory.resolved ??= await job.options.actions.resolve(
    step.uses,
    {
      workspace: job.folders.workspace,
      ownRepository,
      actionsDirectory: job.folders.actions,
      workflowPath: job.request.workflowPath,
    },
    job.cancelled,
  );
  const { runs } = memory.resolved.action;
  if (runs.kind === 'node') return runs.pre === undefined ? undefined : runs.preIf;
  if (runs.kind === 'docker') return runs.preEntrypoint === undefined ? undefined : runs.preIf;
  const inner = runs.steps.flatMap((one, place) =>
    one.kind === 'action' ? [{ step: one, memory: memoryOf(memory.inner, place) }] : [],
  );
  const pres = await duePres(job, inner, memory.resolved.repositoryRoot);
  return pres.length === 0 ? undefined : { kind: 'expression', source: 'always()', at: step.at };
}
