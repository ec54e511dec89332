import { ExpressionError } from '../expressions/index.ts';
import type { Value } from '../expressions/value.ts';
import type { Diagnostic, Read } from '../model/diagnostic.ts';
import type { Permissions, Workflow } from '../model/workflow.ts';
import { assessMatrixChoice } from './assess-matrix-choice.ts';
import type { LoadWorkflow } from './called-workflow.ts';
import { evaluateConcurrency } from './concurrency-group.ts';
import { type GraphDraft, layOutGraphs } from './job-graphs.ts';
import type { MatrixChoice } from './matrix-choice.ts';
import { restrictedPermissions } from './permissions.ts';
import { resolveNeeds } from './resolve-needs.ts';
import { evaluateRunName } from './run-name.ts';
import type { EventPlan, RunPlan } from './run-plan.ts';
import { selectJobs } from './select-jobs.ts';

export interface PlanRequest {
  /** The workflows that the event starts, in the order in which they are shown. */
  runs: RunRequest[];
  /** Workflows of the repository that the event doesn't start; a job that needs one of theirs is skipped. */
  notStarted?: Workflow[];
  event: string;
  /** The `github` context as far as all runs share it; without `token`. */
  github: Record<string, Value>;
  vars: Record<string, Value>;
  /** Called workflows, as `callsOf` names them. */
  load: LoadWorkflow;
  /** Only these jobs and what they need; default all. */
  only?: string[];
  /** Only these legs of matrices; default all. */
  matrixChoice?: readonly MatrixChoice[];
  /** Of a workflow that asks for no permissions; default GitHub's restricted ones. */
  defaultPermissions?: Permissions;
}

export interface RunRequest {
  workflow: Workflow;
  /** Unique; becomes `github.run_id`. */
  runId: string;
  /** Counts the runs of this workflow, from 1. */
  runNumber: number;
  /** Default 1. */
  runAttempt?: number;
  /** The `inputs` context: of workflow_dispatch, with defaults filled in and typed. Default none. */
  inputs?: Record<string, Value>;
}

/**
 * Plans the runs that one event starts: their jobs, what they need within and across workflows, the workflows they
 * call, names and concurrency groups. What depends on outputs is left to `openJob`. A workflow of which no job is
 * selected has no run.
 * Errors: as of `resolveNeeds`, `selectJobs`, `assessMatrixChoice`, and `unknown-workflow`, `workflow-not-callable`, `call-loop`, `call-depth`,
 * `invalid-expression`.
 */
export function planEvent(request: PlanRequest): Read<EventPlan> {
  const workflows = request.runs.map(({ workflow }) => workflow);
  const { needs, diagnostics } = resolveNeeds(workflows, request.notStarted);
  const selection = selectJobs(workflows, needs, request.only);
  diagnostics.push(...selection.diagnostics);
  const taking = selection.positions.flatMap(({ size }, index) => (size > 0 ? [index] : []));
  const runs = taking.map((index): RunPlan => {
    const run = request.runs[index] as RunRequest;
    const own = { workflow: run.workflow, index, needs: needs[index] ?? [], positions: selection.positions };
    const graphs = layOutGraphs(own, request.load);
    const foreign = graphs.foreign.map((need) =>
      need.kind === 'sibling' ? { ...need, run: taking.indexOf(need.run) } : need,
    );
    diagnostics.push(...graphs.diagnostics);
    return planRun(request, run, { graphs: graphs.graphs, foreign, diagnostics });
  });
  diagnostics.push(...assessMatrixChoice(request.matrixChoice ?? [], runs));
  const invalid = diagnostics.some(({ severity }) => severity === 'error');
  return { value: invalid ? undefined : { runs }, diagnostics };
}

type Laid = Pick<GraphDraft, 'graphs' | 'foreign' | 'diagnostics'>;

function planRun(request: PlanRequest, run: RunRequest, { graphs, foreign, diagnostics }: Laid): RunPlan {
  const { workflow, runId, runNumber, runAttempt = 1, inputs = {} } = run;
  const github = githubOfRun(request, run);
  const contexts = { github, inputs, vars: request.vars };
  const workflowName = workflow.name ?? workflow.path;
  return {
    runId,
    runNumber,
    runAttempt,
    event: request.event,
    workflowPath: workflow.path,
    workflowName,
    name: attempt(workflow, diagnostics, workflowName, () =>
      evaluateRunName(workflow, request.event, { contexts }),
    ),
    contexts,
    defaultPermissions: request.defaultPermissions ?? restrictedPermissions,
    groups: attempt(workflow, diagnostics, [], () => evaluateConcurrency(workflow.concurrency, { contexts })),
    graphs,
    foreign,
    ...(request.matrixChoice && { matrixChoice: request.matrixChoice }),
  };
}

function githubOfRun({ github }: PlanRequest, run: RunRequest): Record<string, Value> {
  const { workflow, runId, runNumber, runAttempt = 1 } = run;
  return {
    ...github,
    workflow: workflow.name ?? workflow.path,
    workflow_ref: `${github.repository ?? ''}/${workflow.path}@${github.ref ?? ''}`,
    workflow_sha: github.sha ?? '',
    run_id: runId,
    run_number: String(runNumber),
    run_attempt: String(runAttempt),
  };
}

/** A mistake in an expression of the workflow's own keys is a diagnostic. */
function attempt<T>(workflow: Workflow, diagnostics: Diagnostic[], otherwise: T, evaluate: () => T): T {
  try {
    return evaluate();
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    diagnostics.push({
      file: workflow.path,
      line: error.at?.line ?? 1,
      column: error.at?.column ?? 1,
      severity: 'error',
      code: 'invalid-expression',
      message: error.message,
      mend: 'Correct the expression; it may use github, inputs and vars.',
    });
    return otherwise;
  }
}
