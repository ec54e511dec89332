import type { Action, ActionStep, ExpressionTemplate } from '@slipway/workflow';
import type { ResolvedAction } from '../actions/action-store.ts';
import { actionInputs, givenInputs } from './action-inputs.ts';
import { checkoutOwn, isCheckoutOfOwn } from './checkout-step.ts';
import { runComposite } from './composite-action.ts';
import { offeringMachineTools } from './machine-tools-step.ts';
import { runNodeAction } from './node-action.ts';
import { outcomeOf } from './perform-step.ts';
import type { RunningStep } from './running-step.ts';
import { describeEnvironment } from './script-step.ts';
import type { StepEnd, TaskFactory } from './step-task.ts';

/**
 * Runs one stage of a `uses:` step.
 * @throws StepError, ActionError or CheckoutError
 * @see https://github.com/actions/runner/blob/main/src/Runner.Worker/ActionRunner.cs
 */
export async function runAction(step: RunningStep, source: ActionStep, tasks: TaskFactory): Promise<StepEnd> {
  const given = givenInputs(step, source);
  if (source.uses.startsWith('docker://')) {
    describe(step, source.uses, given);
    const { runImage } = await import('./container-action.ts');
    return outcomeOf(step, await runImage(step, source.uses, given));
  }
  if (isCheckoutOfOwn(step.job, source.uses, given)) {
    describe(step, source.uses, given);
    await checkoutOwn(step, given);
    return outcomeOf(step, true);
  }
  const resolved = await resolveAction(step, source);
  await step.job.hashing.prepare(resolved.action);
  const inputs = actionInputs(step, given, resolved);
  step.github.action_repository = resolved.remote?.repository ?? '';
  step.github.action_ref = resolved.remote?.ref ?? '';
  if (step.stage !== 'post') duePost(step, source, resolved.action);
  describe(step, source.uses, inputs);
  warnOfPre(step, source.uses, resolved.action);
  const { runs } = resolved.action;
  switch (runs.kind) {
    case 'node':
      return await offeringMachineTools(step, { uses: source.uses, inputs }, async () =>
        outcomeOf(step, await runNodeAction(step, { resolved, runs, inputs })),
      );
    case 'composite':
      return await runComposite(step, { resolved, runs, inputs, tasks });
    case 'docker': {
      const { runContainerAction } = await import('./container-action.ts');
      return outcomeOf(step, await runContainerAction(step, { resolved, runs, inputs }));
    }
  }
}

/** Looks the action up when its first stage starts; later stages use the same one. */
async function resolveAction(step: RunningStep, { uses }: ActionStep): Promise<ResolvedAction> {
  const { job, scope, memory } = step;
  memory.resolved ??= await job.options.actions.resolve(
    uses,
    {
      workspace: job.folders.workspace,
      ownRepository: scope.ownRepository,
      actionsDirectory: job.folders.actions,
      workflowPath: job.request.workflowPath,
    },
    AbortSignal.any([step.stop.signal, job.killed]),
  );
  return memory.resolved;
}

/** When the job starts, actions of the workspace are not there yet. */
function warnOfPre({ stage, report }: RunningStep, uses: string, { runs }: Action): void {
  const hasPre = runs.kind === 'node' ? runs.pre : runs.kind === 'docker' ? runs.preEntrypoint : undefined;
  if (hasPre === undefined || stage !== 'main' || !uses.startsWith('./')) return;
  report.warning(`\`pre\` execution is not supported for local action from '${uses}'`);
}

/** Puts the post stage on the list as soon as pre or main has started, once. */
function duePost(step: RunningStep, source: ActionStep, { runs }: Action): void {
  if (runs.kind === 'node' && runs.post !== undefined) addPost(step, source, runs.postIf);
  if (runs.kind === 'docker' && runs.postEntrypoint !== undefined) addPost(step, source, runs.postIf);
}

function addPost(step: RunningStep, source: ActionStep, condition: ExpressionTemplate): void {
  const { memory, scope } = step;
  if (memory.postIsDue) return;
  memory.postIsDue = true;
  scope.memory.posts.push({ step: source, memory, condition, title: step.title });
  // The action that this one is a part of has a post stage by that.
  const user = scope.composite?.user;
  if (user?.source.kind === 'action') addPost(user, user.source, always(source));
}

function always({ at }: ActionStep): ExpressionTemplate {
  return { kind: 'expression', source: 'always()', at };
}

/** The head of the step's log, as on GitHub. */
function describe(step: RunningStep, uses: string, inputs: Record<string, string>): void {
  if (step.stage === 'post') {
    step.report.log.line('Post job cleanup.');
    return;
  }
  const given = Object.entries(inputs).filter(([, value]) => value !== '');
  step.report.log.line(
    [
      `##[group]Run ${uses}`,
      ...(given.length === 0 ? [] : ['with:', ...given.map(([name, value]) => `  ${name}: ${value}`)]),
      ...describeEnvironment(step),
      '##[endgroup]',
    ].join('\n'),
  );
}
