import type { Octokit } from '@octokit/rest';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { type Served, serveForTest } from '../server/served.ts';
import { buildWorkflow } from './build-workflow.ts';
import { octokitOf } from './octokit.ts';

const owner = 'octo';
const repo = 'api';
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });
let served: Served;
let octokit: Octokit;
let head: string;

beforeAll(async () => {
  served = await serveForTest();
  octokit = octokitOf(served);
  const clone = await served.project('octo/api', buildWorkflow);
  await clone.git('push', '--quiet', 'origin', 'main');
  head = await clone.git('rev-parse', 'HEAD');
  const [run] = await served.runs('?project=octo/api');
  await served.finished(run?.id ?? 0);
});
afterAll(() => served.close());

describe('runs at the server', () => {
  test('reads runs, jobs with their steps, and logs', async () => {
    const { data: runs } = await octokit.actions.listWorkflowRunsForRepo({ owner, repo, head_sha: head });
    const run = runs.workflow_runs.at(-1);
    expect(run).toMatchObject({ name: 'CI', event: 'push', head_branch: 'main', conclusion: 'success' });
    const runId = run?.id ?? 0;
    const { data: jobs } = await octokit.actions.listJobsForWorkflowRun({ owner, repo, run_id: runId });
    expect(jobs.jobs).toMatchObject([
      { name: 'Build it', status: 'completed', conclusion: 'success', run_id: runId },
    ]);
    expect(jobs.jobs[0]?.steps?.map(({ name }) => name)).toContain('Run echo building');
    const jobId = jobs.jobs[0]?.id ?? 0;
    const { data: log } = await octokit.actions.downloadJobLogsForWorkflowRun({ owner, repo, job_id: jobId });
    expect(String(log)).toContain('building');
    const { data: zip } = await octokit.actions.downloadWorkflowRunLogs({ owner, repo, run_id: runId });
    expect(
      Buffer.from(zip as ArrayBuffer)
        .subarray(0, 2)
        .toString(),
    ).toBe('PK');
    const { data: workflows } = await octokit.actions.listRepoWorkflows({ owner, repo });
    expect(workflows.workflows).toMatchObject([{ name: 'CI', path: '.github/workflows/ci.yml' }]);
  });

  test('starts a workflow, and runs it again', async () => {
    await octokit.actions.createWorkflowDispatch({ owner, repo, workflow_id: 'ci.yml', ref: 'main' });
    const { data } = await octokit.actions.listWorkflowRuns({
      owner,
      repo,
      workflow_id: 'ci.yml',
      event: 'workflow_dispatch',
    });
    const runId = data.workflow_runs[0]?.id ?? 0;
    await served.finished(runId);
    await octokit.actions.reRunWorkflow({ owner, repo, run_id: runId });
    expect(await served.finished(runId)).toMatchObject({ attempt: 2, conclusion: 'success' });
    const { data: again } = await octokit.actions.getWorkflowRun({ owner, repo, run_id: runId });
    expect(again).toMatchObject({ run_attempt: 2, status: 'completed' });
    await expect(octokit.actions.cancelWorkflowRun({ owner, repo, run_id: runId })).rejects.toMatchObject({
      status: 409,
    });
    const inputs = octokit.actions.createWorkflowDispatch({
      owner,
      repo,
      workflow_id: 'ci.yml',
      ref: 'main',
      inputs: { what: 'no such input' },
    });
    await expect(inputs).rejects.toMatchObject({ status: 422, message: expect.stringContaining('what') });
  });
});
