import type { ForkedEnvironment } from '../job/job-environment.ts';
import { displayName } from '../steps/display-name.ts';
import {
  type Decision,
  decideStep,
  evaluateStepEnv,
  performStep,
  type StepResult,
} from '../steps/perform-step.ts';
import { type RunningStep, scopeOf } from '../steps/running-step.ts';
import type { StepTask } from '../steps/step-task.ts';
import { createPausedStep } from './paused-step.ts';
import type { GatedStep } from './perform-gated.ts';
import type { PauseDecision, PausedStep } from './step-gate.ts';

/** Does what was decided, held before and after as the gate of the runner wants it. */
export async function performHeld(step: RunningStep, gated: GatedStep): Promise<StepResult> {
  const restore = remember(step);
  const byHand = step.environment.fork();
  let { task, decision } = gated;
  if (decision.kind === 'execute') {
    const before = await ask(step, { reason: 'before', environment: byHand });
    if (before?.kind === 'fail') return failed;
    if (before?.kind === 'succeed') return succeeded;
    if (before !== undefined) ({ task, decision } = await renew(step, gated, before));
  }
  for (;;) {
    const result = await performStep(step, task, decision);
    if (result.outcome !== 'failure' || step.failureWasShown) return result;
    const after = await ask(step, { reason: 'failure', environment: byHand });
    if (after === undefined || after.kind === 'fail') return result;
    if (after.kind === 'succeed') return succeeded;
    restore();
    byHand.merge();
    step.report.log.line('Running the step again.');
    ({ task, decision } = await renew(step, gated, after));
  }
}

const failed: StepResult = { outcome: 'failure', conclusion: 'failure' };
const succeeded: StepResult = { outcome: 'success', conclusion: 'success' };

/** undefined: nobody holds the job here, or it was cancelled meanwhile. */
async function ask(
  step: RunningStep,
  pause: { reason: PausedStep['reason']; environment: ForkedEnvironment },
): Promise<PauseDecision | undefined> {
  const { job } = step;
  const { reason } = pause;
  const { gate } = job.options;
  if (gate === undefined || job.cancelled.aborted) return undefined;
  const paused = createPausedStep(step, pause);
  if (!gate.stops(paused)) return undefined;
  step.report.log.flush();
  // The steps around it fail for the same reason, which need not be shown twice.
  if (reason === 'failure') showFailure(step);
  const decision = await job.pauses.during(async () => {
    if (job.cancelled.aborted) return undefined;
    return await Promise.race([gate.pause(paused), aborted(job.cancelled)]);
  });
  if (decision?.kind !== 'run' && reason === 'failure') return decision;
  if (decision?.kind === 'run') forgetFailure(step);
  // What a cancelled job does with the step is decided anew.
  return decision ?? (reason === 'before' ? { kind: 'run' } : undefined);
}

function aborted(signal: AbortSignal): Promise<undefined> {
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(undefined), { once: true }));
}

function showFailure(step: RunningStep): void {
  for (let user = step.scope.composite?.user; user !== undefined; user = user.scope.composite?.user) {
    user.failureWasShown = true;
  }
}

function forgetFailure(step: RunningStep): void {
  step.failureWasShown = false;
  for (let user = step.scope.composite?.user; user !== undefined; user = user.scope.composite?.user) {
    user.failureWasShown = false;
  }
}

/** What a step changes while it runs, to begin again from. Post stages that it has made due stay so. */
function remember(step: RunningStep): () => void {
  const restoreEnvironment = step.environment.remember();
  const state = new Map(step.memory.state);
  const { inner } = step.memory;
  const innerSteps = { ...inner.steps };
  return () => {
    restoreEnvironment();
    replaceEntries(step.outputs, {});
    replaceEntries(inner.steps, innerSteps);
    step.memory.state.clear();
    for (const [name, value] of state) step.memory.state.set(name, value);
    step.stop = new AbortController();
    step.echoesCommands = step.job.debug;
    step.commandFailed = false;
    delete step.paths;
  };
}

function replaceEntries<T>(target: Record<string, T>, entries: Record<string, T>): void {
  for (const name of Object.keys(target)) delete target[name];
  Object.assign(target, entries);
}

/** The step as it is written now, evaluated from the beginning. */
async function renew(
  step: RunningStep,
  gated: GatedStep,
  { edited }: Extract<PauseDecision, { kind: 'run' }>,
): Promise<{ task: StepTask; decision: Decision }> {
  const { job } = step;
  const isOwn = step.scope.composite === undefined;
  const source = (isOwn ? edited?.step : await gated.reread?.()) ?? step.source;
  if (isOwn && edited !== undefined && step.place !== undefined) {
    job.steps.splice(step.place, job.steps.length, edited.step, ...edited.following);
  }
  await job.hashing.prepare(source);
  step.source = source;
  // An action of the workspace may have been edited.
  if (source.kind === 'action' && source.uses.startsWith('./')) delete step.memory.resolved;
  const task = gated.taskOf(source);
  replaceEntries(step.stepEnv, { ...step.scope.composite?.user.stepEnv });
  const envError = evaluateStepEnv(step, task.env);
  step.title = displayName(source, scopeOf(step));
  return { task, decision: decideStep(step, task, envError) };
}
