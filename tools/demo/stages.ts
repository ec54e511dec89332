import { setTimeout as delay } from 'node:timers/promises';
import type { DeploymentAnswer } from '@slipway/contracts/api/delivery';
import type { ApprovalAnswer } from '@slipway/contracts/api/environments';
import { demoSettings, type Pipeline } from './pipeline.ts';
import type { Change } from './repository.ts';
import { startTraffic, type TrafficCounts } from './traffic.ts';

/** The first push to main. What it brings along protects main from then on. */
export async function firstPush(pipeline: Pipeline): Promise<string> {
  const message = 'Add the Task Management System';
  const sha = await pipeline.repository.push({ message, files: demoSettings(pipeline) });
  pipeline.transcript.show(`pushed ${sha.slice(0, 12)} to main: ${message}`);
  await green(pipeline, sha, ['ci', 'security-scan', 'deploy-staging', 'e2e-tests']);
  return sha;
}

/** A change as the rules of main want it: a pull request with its checks and a review; merged, it goes to staging. @returns the commit of main */
export async function changeToStaging(pipeline: Pipeline, change: Required<Change>): Promise<string> {
  const { repository, cli, project, transcript, leadToken } = pipeline;
  await repository.push(change);
  const of = ['--project', project];
  const [pull] = await cli.json<{ number: number }>([
    ...['pr', 'open', ...of, '--head', change.branch, '--title', change.message],
  ]);
  const number = String(pull?.number);
  transcript.show(`pull request ${number}: ${change.message}`);
  await green(pipeline, `refs/pull/${number}/merge`, ['ci', 'security-scan']);
  await cli.run(['pr', 'approve', number, ...of], { as: leadToken });
  await cli.run(['pr', 'merge', number, '--method', 'squash', ...of]);
  const sha = await repository.pull();
  transcript.show(`approved by lead, and merged as ${sha.slice(0, 12)}`);
  await green(pipeline, sha, ['ci', 'security-scan', 'deploy-staging', 'e2e-tests']);
  const comments = await pipeline.commentsOn(number);
  const own = comments.find((one) => one.includes('E2E Test Results'));
  transcript.expect('the pull request has the result of the end-to-end tests', own !== undefined);
  return sha;
}

async function green(
  { runs, transcript, showRun }: Pipeline,
  subject: string,
  workflows: string[],
): Promise<void> {
  for (const workflow of workflows) {
    const finished = await runs.ended({ workflow, for: subject });
    await showRun(finished);
    const isGreen = finished.run.conclusion === 'success';
    transcript.expect(`${finished.run.workflowName} is green`, isGreen);
    if (!isGreen) throw new Error(`${workflow} is not green`);
  }
}

/** The nightly load test, started by hand. */
export async function loadTest(
  { cli, runs, project, transcript, showRun }: Pipeline,
  sha: string,
): Promise<void> {
  await cli.run(['dispatch', 'performance-tests.yml', '--project', project]);
  const finished = await runs.ended({ workflow: 'performance-tests', for: sha });
  await showRun(finished);
  transcript.expect('Performance Tests are green', finished.run.conclusion === 'success');
}

export interface ProductionOutcome {
  conclusion: string | null;
  deployment: DeploymentAnswer;
  traffic: TrafficCounts;
}

/** Dispatches production, approves as the lead, and shows what the rollout does, with people using it all the while. */
export async function toProduction(pipeline: Pipeline, sha: string): Promise<ProductionOutcome> {
  const { cli, runs, project, transcript, leadToken, urls, account, showRun } = pipeline;
  const { tag } = await pipeline.releaseOf(sha);
  await cli.run(['dispatch', 'deploy-production.yml', '--project', project, '-i', `image-tag=${tag}`]);
  const { id } = await runs.begun({ workflow: 'deploy-production', for: sha });
  transcript.show(`run ${id} deploys ${tag}`);
  await approve(pipeline, id, sha, leadToken);
  // No traffic is never success: the analysis of the first release needs people as well.
  const people = startTraffic({ baseUrl: urls.production, ...account, people: 12, pauseMs: 60 });
  try {
    await showRollout(pipeline, id);
    const finished = await runs.ended({ workflow: 'deploy-production', for: sha });
    if (finished.run.conclusion === 'success') await showRun(finished);
    const [deployment] = await pipeline.deployments('production');
    return {
      conclusion: finished.run.conclusion,
      deployment: deployment!,
      traffic: await people.stop(),
    };
  } finally {
    await people.stop();
  }
}

/** Waits for the request, and approves what it shows. */
async function approve(
  { cli, runs, project, transcript, showRun }: Pipeline,
  runId: number,
  sha: string,
  leadToken: string,
): Promise<void> {
  for (;;) {
    const [request] = await cli.json<ApprovalAnswer>([
      'approvals',
      '--run',
      String(runId),
      '--project',
      project,
    ]);
    if (request !== undefined) {
      transcript.show(
        `waiting for approval of plan ${request.binding.planHash?.slice(0, 12)} at ${request.environment}`,
      );
      await cli.run(['approve', String(request.id), '--comment', 'Looks good'], { as: leadToken });
      transcript.show('approved by lead');
      return;
    }
    const run = await runs.begun({ workflow: 'deploy-production', for: sha });
    if (run.conclusion !== null) {
      await showRun({ run, jobs: await runs.jobs(run.id) });
      throw new Error(`run ${runId} ended before anybody could approve it: ${run.conclusion}`);
    }
    await delay(300);
  }
}

/** What is said of each step twice, and each second. */
const tedious = / (Begun: |Done: |restarts: 0)/;

/** Follows the deployment that the run makes. */
async function showRollout(
  { cli, project, transcript, deployments }: Pipeline,
  runId: number,
): Promise<void> {
  for (;;) {
    const own = (await deployments('production')).find((one) => one.runId === runId);
    if (own !== undefined) {
      const args = ['deployments', String(own.id), '--follow', '--project', project];
      await cli.follow(args, (line) => {
        if (!tedious.test(line)) transcript.show(line);
      });
      return;
    }
    await delay(300);
  }
}
