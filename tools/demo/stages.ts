import { setTimeout as delay } from 'node:timers/promises';
import type { DeploymentAnswer } from '@slipway/contracts/api/delivery';
import type { ApprovalAnswer } from '@slipway/contracts/api/environments';
import { demoSettings, type Pipeline } from './pipeline.ts';
import { startTraffic, type TrafficCounts } from './traffic.ts';

/** A push to main: checks, scans, the build, staging and the end-to-end tests, in the order in which they need each other. */
export async function pushToStaging(
  pipeline: Pipeline,
  message: string,
  files: Record<string, string> = {},
): Promise<string> {
  const { repository, runs, transcript, showRun } = pipeline;
  const sha = await repository.push(message, files);
  transcript.show(`pushed ${sha.slice(0, 12)} to main: ${message}`);
  for (const workflow of ['ci', 'security-scan', 'deploy-staging', 'e2e-tests']) {
    const finished = await runs.ended({ workflow, sha });
    await showRun(finished);
    transcript.expect(`${finished.run.workflowName} is green`, finished.run.conclusion === 'success');
    if (finished.run.conclusion !== 'success') throw new Error(`${workflow} is not green`);
  }
  return sha;
}

export function firstFiles(pipeline: Pipeline): Record<string, string> {
  return demoSettings(pipeline);
}

/** The nightly load test, started by hand. */
export async function loadTest(
  { cli, runs, project, transcript, showRun }: Pipeline,
  sha: string,
): Promise<void> {
  await cli.run(['dispatch', 'performance-tests.yml', '--project', project]);
  const finished = await runs.ended({ workflow: 'performance-tests', sha });
  await showRun(finished);
  transcript.expect('Performance Tests are green', finished.run.conclusion === 'success');
}

export interface ProductionOutcome {
  conclusion: string | null;
  deployment: DeploymentAnswer;
  traffic: TrafficCounts | null;
}

/** Dispatches production, approves as the lead, and shows what the rollout does, with people using it all the while. */
export async function toProduction(
  pipeline: Pipeline,
  sha: string,
  { withTraffic }: { withTraffic: boolean },
): Promise<ProductionOutcome> {
  const { cli, runs, project, transcript, leadToken, urls, account, showRun } = pipeline;
  const { tag } = await pipeline.releaseOf(sha);
  await cli.run(['dispatch', 'deploy-production.yml', '--project', project, '-i', `image-tag=${tag}`]);
  const { id } = await runs.begun({ workflow: 'deploy-production', sha });
  transcript.show(`run ${id} deploys ${tag}`);
  await approve(pipeline, id, sha, leadToken);
  const people = withTraffic
    ? await startTraffic({ baseUrl: urls.production, ...account, people: 12, pauseMs: 60 })
    : null;
  try {
    await showRollout(pipeline, id);
    const finished = await runs.ended({ workflow: 'deploy-production', sha });
    if (finished.run.conclusion === 'success') await showRun(finished);
    const [deployment] = await pipeline.deployments('production');
    return {
      conclusion: finished.run.conclusion,
      deployment: deployment!,
      traffic: people && (await people.stop()),
    };
  } finally {
    await people?.stop();
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
    const run = await runs.begun({ workflow: 'deploy-production', sha });
    if (run.conclusion !== null) {
      await showRun({ run, jobs: await runs.jobs(run.id) });
      throw new Error(`run ${runId} ended before anybody could approve it: ${run.conclusion}`);
    }
    await delay(300);
  }
}

/** Follows the deployment that the run makes. */
async function showRollout(
  { cli, project, transcript, deployments }: Pipeline,
  runId: number,
): Promise<void> {
  for (;;) {
    const own = (await deployments('production')).find((one) => one.runId === runId);
    if (own !== undefined) {
      const args = ['deployments', String(own.id), '--follow', '--project', project];
      await cli.follow(args, (line) => transcript.show(line));
      return;
    }
    await delay(300);
  }
}
