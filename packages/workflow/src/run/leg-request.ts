import type { Contexts, Value } from '../expressions/value.ts';
import type { JobRequest } from '../job-request.ts';
import type { NormalJob, Permissions, RunDefaults } from '../model/workflow.ts';
import { secretsOfCall } from '../plan/call-secrets.ts';
import { defaultCacheMode } from '../plan/default-cache-mode.ts';
import type { JobWork } from '../plan/job-opening.ts';
import { clampPermissions } from '../plan/permissions.ts';
import type { JobGraph, RunPlan } from '../plan/run-plan.ts';
import { strategyContext } from '../plan/strategy-context.ts';
import { jobAt, legAt, scopeAt } from './draft.ts';
import { callerOf, scopeContexts } from './job-situation.ts';
import type { LegNode, NodeIndex, RunState } from './run-state.ts';
import { graphAt, plannedJob } from './scope.ts';
import { needsContext, outcomesOfNeeds } from './status.ts';

/**
 * The whole message for the runner of a ready leg. `secrets` are the run's; what a called workflow may see of them is
 * worked out here.
 * Errors: ExpressionError, if a caller's `secrets:` can't be evaluated.
 */
export function requestForLeg(
  plan: RunPlan,
  state: RunState,
  index: NodeIndex,
  secrets: Record<string, string>,
): JobRequest {
  const leg = legAt(state, index);
  const { scope } = jobAt(state, leg.job);
  const { job } = plannedJob(plan, state, leg.job);
  const { work } = leg.plan;
  if (job.kind !== 'job' || work.kind !== 'job') throw new TypeError(`${leg.key} is no job for a runner.`);
  const graph = graphAt(plan, scopeAt(state, scope).graph);
  const contexts = runnerContexts(plan, state, leg, { job, token: secrets.GITHUB_TOKEN });
  return {
    runId: plan.runId,
    jobKey: leg.key,
    name: leg.plan.name,
    workflowPath: graph.path,
    job,
    ...placementOf(work),
    workflowEnv: graph.env ? [graph.env] : [],
    defaults: defaultsOf(job, graph),
    contexts,
    secrets: secretsOfScope(plan, state, scope, secrets),
    permissions: permissionsOf(plan, state, leg.job),
    cacheMode: job.cacheMode ?? graph.cacheMode ?? defaultCacheMode(contexts.github),
    continueOnError: leg.plan.continueOnError,
    outputs: job.outputs ?? null,
  };
}

type Placement = Pick<JobRequest, 'labels' | 'timeoutMinutes' | 'runnerGroup' | 'environment'>;

function placementOf({ labels, timeoutMinutes, runnerGroup, environment }: JobWork): Placement {
  return {
    labels,
    timeoutMinutes,
    ...(runnerGroup !== undefined && { runnerGroup }),
    ...(environment !== undefined && { environment }),
  };
}

function runnerContexts(
  plan: RunPlan,
  state: RunState,
  leg: LegNode,
  { job, token }: { job: NormalJob; token: string | undefined },
): JobRequest['contexts'] {
  const shared = legContexts(plan, state, leg);
  const github = { ...shared.github, job: job.id, ...(token !== undefined && { token }) };
  return { ...shared, github };
}

function legContexts(plan: RunPlan, state: RunState, leg: LegNode): JobRequest['contexts'] {
  const { scope, state: job } = jobAt(state, leg.job);
  if (job.kind !== 'open') throw new TypeError(`${leg.key} is not open.`);
  return {
    ...scopeContexts(plan, state, scope),
    needs: needsContext(outcomesOfNeeds(plan, state, leg.job)),
    matrix: leg.plan.matrix,
    strategy: strategyContext({
      failFast: job.failFast,
      maxParallel: job.maxParallel,
      ...(leg.plan.place ?? { position: leg.position, total: job.legs }),
      matrix: leg.plan.matrix !== null,
    }),
  };
}

/** The job's own default for each key, else the workflow's. */
function defaultsOf({ defaults: own = {} }: NormalJob, { defaults: shared = {} }: JobGraph): RunDefaults {
  const shell = own.shell ?? shared.shell;
  const workingDirectory = own.workingDirectory ?? shared.workingDirectory;
  return { ...(shell && { shell }), ...(workingDirectory && { workingDirectory }) };
}

/** What the token of a job may do: what the job asks for, else its workflow, else its caller; never more than that. */
function permissionsOf(plan: RunPlan, state: RunState, job: NodeIndex): Permissions {
  const { scope } = jobAt(state, job);
  const caller = callerOf(state, scope);
  const requested =
    plannedJob(plan, state, job).job.permissions ?? graphAt(plan, scopeAt(state, scope).graph).permissions;
  if (caller === undefined) return requested ?? plan.defaultPermissions;
  const allowed = permissionsOf(plan, state, caller.job);
  return requested === undefined ? allowed : clampPermissions(requested, allowed);
}

/** What a scope sees of the run's secrets, through all its callers. */
function secretsOfScope(
  plan: RunPlan,
  state: RunState,
  scope: NodeIndex,
  secrets: Record<string, string>,
): Record<string, string> {
  const caller = callerOf(state, scope);
  if (caller === undefined) return secrets;
  const { job } = plannedJob(plan, state, caller.job);
  if (job.kind !== 'reusable') throw new TypeError(`${caller.key} calls nothing.`);
  const passed = secretsOfScope(plan, state, jobAt(state, caller.job).scope, secrets);
  const contexts: Contexts = {
    ...legContexts(plan, state, caller),
    secrets: passed as Record<string, Value>,
  };
  return secretsOfCall(job, passed, { contexts });
}
