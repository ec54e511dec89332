import type { Action } from '../../model/action.ts';
import type { Position } from '../../model/diagnostic.ts';
import type { Job, NormalJob, Step } from '../../model/workflow.ts';
import { mappingOf, namedEntries } from '../../reader/convert/access.ts';
import { actionOutputs } from '../action-interface.ts';
import type { LintFile } from '../file/lint-file.ts';
import type { LocatedExpression } from '../file/located-expression.ts';
import { anyType, type ExpressionType, exactly, mapOf, stringType } from '../types/expression-type.ts';
import {
  githubContext,
  jobContext,
  neededJobType,
  runnerContext,
  secretsContext,
  stepType,
  strategyContext,
  variablesContext,
} from './fixed-contexts.ts';
import { earlierInputs, eventInputs, inputsContext } from './inputs-context.ts';
import { matrixContext } from './matrix-context.ts';

export type ContextTypes = Record<string, ExpressionType>;

/** The types of all contexts as an expression sees them. Which of them exist there at all is the reader's question. */
export function contextsAt(file: LintFile, expression: LocatedExpression): ContextTypes {
  const { path, place } = expression;
  if (file.manifest) return contextsOfAction(file, file.manifest, expression);
  const general: ContextTypes = {
    github: githubContext(eventInputs(file.workflow)),
    runner: runnerContext,
    env: variablesContext,
    vars: variablesContext,
    secrets: secretsContext(declaredSecrets(file)),
    inputs: inputsAt(file, path),
    strategy: strategyContext,
  };
  if (path[0] === 'on') return { ...general, jobs: jobsContext(file) };
  const job = path[0] === 'jobs' ? file.workflow.jobs.find(({ id }) => id === path[1]) : undefined;
  if (!job) return general;
  const isInSteps = path[2] === 'steps';
  return {
    ...general,
    matrix: path[2] === 'strategy' ? mapOf(anyType) : matrixContext(job.strategy),
    needs: needsContext(file, job),
    ...(job.kind === 'job'
      ? {
          job: jobContext(serviceIds(job)),
          steps: stepsContext(file, job.steps, isInSteps ? place(0) : undefined),
        }
      : {}),
  };
}

/** In an action, what belongs to the job that uses it may be anything. */
function contextsOfAction(
  file: LintFile,
  { inputs }: Action,
  { path, place }: LocatedExpression,
): ContextTypes {
  const steps = file.workflow.jobs.flatMap((job) => (job.kind === 'job' ? job.steps : []));
  const isInSteps = path[0] === 'runs' && path[1] === 'steps';
  return {
    github: githubContext(mapOf(anyType)),
    runner: runnerContext,
    env: variablesContext,
    inputs: exactly(Object.fromEntries(Object.keys(inputs).map((name) => [name, stringType]))),
    strategy: strategyContext,
    matrix: mapOf(anyType),
    job: jobContext(undefined),
    steps: stepsContext(file, steps, isInSteps ? place(0) : undefined),
  };
}

/** Steps that ended before a place; undefined: all. */
function stepsContext(file: LintFile, steps: Step[], before: Position | undefined): ExpressionType {
  const ended = (before ? stepsBefore(steps, before) : steps).filter(({ id }) => !id.startsWith('__'));
  return exactly(Object.fromEntries(ended.map((step) => [step.id, stepType(stepOutputs(file, step))])));
}

function stepsBefore(steps: Step[], place: Position): Step[] {
  const begun = steps.filter(
    ({ at }) => at.line < place.line || (at.line === place.line && at.column <= place.column),
  );
  // The last one that has begun is the step that holds the expression; an alias is written above all of them.
  return begun.length === 0 ? steps : begun.slice(0, -1);
}

function stepOutputs(file: LintFile, step: Step): string[] | undefined {
  return step.kind === 'action' ? actionOutputs(file, step.uses) : undefined;
}

function needsContext(file: LintFile, job: Job): ExpressionType {
  const jobs = [file.workflow, ...(file.siblings ?? [])].flatMap((workflow) => workflow.jobs);
  const needed = job.needs.map((need) => {
    const target = jobs.find(({ id }) => id.toLowerCase() === need.toLowerCase());
    return [need, neededJobType(target && jobOutputs(file, target))] as const;
  });
  return exactly(Object.fromEntries(needed));
}

function jobsContext(file: LintFile): ExpressionType {
  return exactly(
    Object.fromEntries(file.workflow.jobs.map((job) => [job.id, neededJobType(jobOutputs(file, job))])),
  );
}

function jobOutputs(file: LintFile, job: Job): string[] | undefined {
  if (job.kind === 'reusable') {
    const called = file.called?.(job.uses, file.workflow);
    if (called === undefined || called === 'missing') return undefined;
    return Object.keys(called.on.workflow_call?.outputs ?? {});
  }
  if (job.outputs?.entries.some(({ key }) => key.kind !== 'literal')) return undefined;
  return namedEntries(job.outputs).map(({ name }) => name);
}

function serviceIds({ services }: NormalJob): string[] | undefined {
  const mapping = mappingOf(services);
  if (services && !mapping) return undefined;
  return mapping?.entries.every(({ key }) => key.kind === 'literal') === false
    ? undefined
    : namedEntries(mapping).map(({ name }) => name);
}

/** Known only of a workflow that nothing but callers start, and that declares them. */
function declaredSecrets({ workflow: { on } }: LintFile): string[] | undefined {
  const declared = on.workflow_call?.secrets;
  return declared && Object.keys(on).length === 1 ? Object.keys(declared) : undefined;
}

function inputsAt({ workflow }: LintFile, path: LocatedExpression['path']): ExpressionType {
  const isDefault = path[0] === 'on' && path[1] === 'workflow_call' && path[2] === 'inputs';
  const inputs = workflow.on.workflow_call?.inputs;
  return isDefault && inputs ? earlierInputs(inputs, String(path[3])) : inputsContext(workflow);
}
