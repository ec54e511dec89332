import type { JobDetail } from '@slipway/contracts/api/jobs';
import type { RunAnswer } from '@slipway/contracts/api/runs';
import { steadyNumber } from '@slipway/workflow/triggers';
import { workflowNumber } from '../../events/workflow-number.ts';
import type { NumberedJob } from '../records/runs.ts';
import { type Links, nodeId, timeText } from './links.ts';
import { timeOrNull } from './pull-request.ts';
import { userShape } from './user.ts';

export interface ShownRun {
  run: RunAnswer;
  /** Of a pull request the head. */
  headSha: string;
  headBranch: string | null;
  headCommit: object | null;
  repository: object;
  /** Numbers of the pull requests that it is of. */
  pullRequests: object[];
}

/** @see https://docs.github.com/en/rest/actions/workflow-runs#get-a-workflow-run */
export function runShape(
  links: Links,
  { run, headSha, headBranch, headCommit, repository, pullRequests }: ShownRun,
) {
  const { api, html, server } = links;
  const { id, project, workflowPath, event, actor, status, conclusion, attempt } = run;
  const url = `${api}/actions/runs/${id}`;
  const workflowId = workflowNumber(project, workflowPath);
  return {
    id,
    name: run.workflowName,
    node_id: nodeId('WorkflowRun', id),
    head_branch: headBranch,
    head_sha: headSha,
    path: workflowPath,
    display_title: run.name,
    run_number: run.number,
    event,
    status,
    conclusion,
    workflow_id: workflowId,
    check_suite_id: id,
    check_suite_node_id: nodeId('CheckSuite', id),
    url,
    html_url: `${html}/actions/runs/${id}`,
    pull_requests: pullRequests,
    created_at: timeText(run.createdAt),
    updated_at: timeText(run.finishedAt ?? run.startedAt ?? run.createdAt),
    actor: userShape(actor, server),
    run_attempt: attempt,
    referenced_workflows: [],
    run_started_at: timeText(run.startedAt ?? run.createdAt),
    triggering_actor: userShape(actor, server),
    jobs_url: `${url}/jobs`,
    logs_url: `${url}/logs`,
    check_suite_url: `${api}/check-suites/${id}`,
    artifacts_url: `${url}/artifacts`,
    cancel_url: `${url}/cancel`,
    rerun_url: `${url}/rerun`,
    previous_attempt_url: attempt > 1 ? `${url}/attempts/${attempt - 1}` : null,
    workflow_url: `${api}/actions/workflows/${workflowId}`,
    head_commit: headCommit,
    repository,
    head_repository: repository,
  };
}

/** @see https://docs.github.com/en/rest/actions/workflow-jobs#get-a-job-for-a-workflow-run */
export function jobShape(
  links: Links,
  {
    run,
    job,
    detail,
    headSha,
    headBranch,
  }: {
    run: RunAnswer;
    job: NumberedJob;
    detail: JobDetail | null;
    headSha: string;
    headBranch: string | null;
  },
) {
  const { number, name, conclusion, labels, runner, attempt } = job;
  const status = job.status === 'waiting' ? 'waiting' : job.status;
  const url = `${links.api}/actions/jobs/${number}`;
  return {
    id: number,
    run_id: run.id,
    workflow_name: run.workflowName,
    head_branch: headBranch,
    run_url: `${links.api}/actions/runs/${run.id}`,
    run_attempt: attempt,
    node_id: nodeId('CheckRun', number),
    head_sha: headSha,
    url,
    html_url: `${links.html}/actions/runs/${run.id}/job/${number}`,
    status,
    conclusion,
    created_at: timeText(job.queuedAt ?? run.createdAt),
    started_at: timeText(job.startedAt ?? job.queuedAt ?? run.createdAt),
    completed_at: timeOrNull(job.finishedAt),
    name,
    steps: (detail?.steps ?? []).map((step, index) => ({
      name: step.name,
      status: step.conclusion === null ? 'in_progress' : 'completed',
      conclusion: step.conclusion,
      number: index + 1,
      started_at: timeText(step.startedAt),
      completed_at: step.durationMs === null ? null : timeText(step.startedAt + step.durationMs),
    })),
    check_run_url: `${links.api}/check-runs/${number}`,
    labels,
    runner_id: runner === null ? null : steadyNumber(runner),
    runner_name: runner,
    runner_group_id: null,
    runner_group_name: null,
  };
}
