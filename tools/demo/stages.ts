import { setTimeout as delay } from 'node:timers/promises';
import type { DeploymentAnswer, ReleaseAnswer } from '@slipway/contracts/api/delivery';
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

/** When the tag of a version has been built, its commit goes to staging by hand once more, under its new name. */
export async function versionToStaging(pipeline: Pipeline, sha: string, version: string): Promise<void> {
  await green(pipeline, `refs/tags/${version}`, ['build']);
  const id = await startByHand(pipeline, 'deploy-staging');
  await green(pipeline, sha, ['deploy-staging', 'e2e-tests'], id - 1);
}

/** @returns the run's id */
async function startByHand(
  { cli, project }: Pipeline,
  workflow: string,
  inputs: Record<string, string> = {},
): Promise<number> {
  const typed = Object.entries(inputs).flatMap(([name, value]) => ['-i', `${name}=${value}`]);
  const said = await cli.run(['dispatch', `${workflow}.yml`, '--project', project, ...typed]);
  const id = /^Run (\d+) /.exec(said)?.[1];
  if (id === undefined) throw new Error(`no run was started: ${said}`);
  return Number(id);
}

async function green(
  { runs, transcript, showRun }: Pipeline,
  subject: string,
  workflows: string[],
  after = 0,
): Promise<void> {
  for (const workflow of workflows) {
    const finished = await runs.ended({ workflow, for: subject, after });
    await showRun(finished);
    const isGreen = finished.run.conclusion === 'success';
    transcript.expect(`${finished.run.workflowName} is green`, isGreen);
    if (!isGreen) throw new Error(`${workflow} is not green`);
  }
}

/** The nightly load test, started by hand. */
export async function loadTest(pipeline: Pipeline): Promise<void> {
  const { runs, transcript, showRun } = pipeline;
  const finished = await runs.ended({ id: await startByHand(pipeline, 'performance-tests') });
  await showRun(finished);
  transcript.expect('Performance Tests are green', finished.run.conclusion === 'success');
}

export interface ProductionOutcome {
  conclusion: string | null;
  deployment: DeploymentAnswer;
  traffic: TrafficCounts;
}

/** Dispatches production, approves as the lead, and shows what the rollout does, with people using it all the while. */
export async function toProduction(pipeline: Pipeline, { tag }: ReleaseAnswer): Promise<ProductionOutcome> {
  const { runs, transcript, urls, account, showRun } = pipeline;
  const id = await startByHand(pipeline, 'deploy-production', { 'image-tag': tag });
  transcript.show(`run ${id} deploys ${tag}`);
  await approve(pipeline, id);
  // No traffic is never success: the analysis of the first release needs people as well.
  const people = startTraffic({ baseUrl: urls.production, ...account, people: 12, pauseMs: 60 });
  try {
    await showRollout(pipeline, id);
    const finished = await runs.ended({ id });
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
  { cli, runs, project, transcript, leadToken, showRun }: Pipeline,
  runId: number,
): Promise<void> {
  const asked = ['approvals', '--run', String(runId), '--project', project];
  for (;;) {
    const [request] = await cli.json<ApprovalAnswer>(asked);
    if (request !== undefined) {
      transcript.show(
        `waiting for approval of plan ${request.binding.planHash?.slice(0, 12)} at ${request.environment}`,
      );
      await cli.run(['approve', String(request.id), '--comment', 'Looks good'], { as: leadToken });
      transcript.show('approved by lead');
      return;
    }
    const run = await runs.begun({ id: runId });
    if (run.conclusion !== null) {
      await showRun({ run, jobs: await runs.jobs(run.id) });
      throw new Error(`run ${runId} ended before anybody could approve it: ${run.conclusion}`);
    }
    await delay(300);
  }
}

/** What is said each second. */
const tedious = / restarts: 0/;

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
