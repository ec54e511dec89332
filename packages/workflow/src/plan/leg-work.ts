import { displayString, evaluateNumber, evaluateTemplate } from '../expressions/index.ts';
import type { EvaluationScope } from '../expressions/value.ts';
import type { MappingTemplate, Template } from '../model/template.ts';
import type { NormalJob } from '../model/workflow.ts';
import { evaluateCallInputs } from './call-inputs.ts';
import { evaluateConcurrency } from './concurrency-group.ts';
import type { JobWork, LegPlan } from './job-opening.ts';
import type { JobGraph, PlannedJob } from './run-plan.ts';
import { evaluateRunsOn } from './runs-on.ts';

/**
 * What a leg does and the concurrency groups that it needs for it: its job's own and, of a call, the called workflow's.
 * Errors: ExpressionError.
 */
export function evaluateWork(
  { job, callee }: PlannedJob,
  graphs: JobGraph[],
  scope: EvaluationScope,
): Pick<LegPlan, 'work' | 'groups'> {
  const groups = evaluateConcurrency(job.concurrency, scope);
  if (job.kind === 'job') return { groups, work: jobWork(job, scope) };
  const graph = callee === undefined ? undefined : graphs[callee];
  if (callee === undefined || graph === undefined)
    throw new TypeError(`The plan has no graph for ${job.uses}.`);
  const inputs = evaluateCallInputs(job, graph.call?.inputs ?? {}, scope);
  const { github = {}, vars = {} } = scope.contexts;
  const called = evaluateConcurrency(graph.concurrency, { contexts: { github, vars, inputs } });
  const others = called.filter(({ group }) => group.toLowerCase() !== groups[0]?.group.toLowerCase());
  return { groups: [...groups, ...others], work: { kind: 'call', callee, inputs } };
}

function jobWork(job: NormalJob, scope: EvaluationScope): JobWork {
  const environment = environmentName(job, scope);
  return {
    kind: 'job',
    ...evaluateRunsOn(job.runsOn, scope),
    timeoutMinutes: timeLimit(job, scope),
    ...(environment !== '' && { environment }),
    ...(environment !== '' && !isDeployment(job, scope) && { deployment: false as const }),
  };
}

/** Like a step's: a fraction counts, zero or less is no limit of the job's own. */
function timeLimit({ timeoutMinutes }: NormalJob, scope: EvaluationScope): number | null {
  const minutes = timeoutMinutes ? evaluateNumber(timeoutMinutes, scope) : 0;
  return minutes > 0 ? minutes : null;
}

/** The environment's `url` is left to the runner: it may use what the steps put out. */
function environmentName({ environment }: NormalJob, scope: EvaluationScope): string {
  if (environment === undefined) return '';
  if (environment.kind !== 'mapping') return displayString(evaluateTemplate(environment, scope));
  const name = entryOf(environment, 'name');
  return name ? displayString(evaluateTemplate(name, scope)) : '';
}

function isDeployment({ environment }: NormalJob, scope: EvaluationScope): boolean {
  const deployment = environment?.kind === 'mapping' ? entryOf(environment, 'deployment') : undefined;
  return deployment === undefined || displayString(evaluateTemplate(deployment, scope)) !== 'false';
}

function entryOf({ entries }: MappingTemplate, name: string): Template | undefined {
  return entries.find(({ key }) => key.kind === 'literal' && key.value === name)?.value;
}
