import type {
  DeploymentAnswer,
  DeploymentDetail,
  DeploymentEventAnswer,
  ReleaseAnswer,
} from '@slipway/contracts/api/delivery';
import type { ApprovalAnswer } from '@slipway/contracts/api/environments';
import type { DeploymentPlan } from '@slipway/delivery';
import { expect } from 'vitest';
import type { Pipeline } from '../../tools/demo/pipeline.ts';
import {
  firstPush,
  loadTest,
  type ProductionOutcome,
  toProduction,
  versionToStaging,
} from '../../tools/demo/stages.ts';

const version = 'v1.0.0';

/**
 * From the first push to production, and once more for the same commit as a version, which is then shifted gradually beside what
 * serves already. Holds against what the server, the target and the people who used it say afterwards; whatever the target is.
 */
export async function expectWholePipeline(pipeline: Pipeline): Promise<void> {
  const { transcript, repository } = pipeline;
  transcript.begin('The first release: CI, build, scan, staging, end-to-end tests');
  const sha = await firstPush(pipeline);
  const release = await pipeline.releaseOf(sha);
  transcript.begin('Production for the first time');
  await repository.tag(version);
  const first = await inProduction(pipeline, release);
  transcript.begin('A version, which was built meanwhile, and its way to staging');
  await versionToStaging(pipeline, sha, version);
  transcript.begin('Load test on staging');
  await loadTest(pipeline);
  transcript.begin('Production, 10 % at a time');
  const second = await inProduction(pipeline, await pipeline.releaseOf(sha));
  transcript.begin('What the server says of it');
  expect(transcript.failures).toEqual([]);
  await expectRunsInOrder(pipeline);
  await expectApprovals(pipeline, [first, second]);
  const [inFirst, inSecond] = [
    await historyOf(pipeline, first.deployment),
    await historyOf(pipeline, second.deployment),
  ];
  await expectDigestsOfStaging(pipeline, [inFirst, inSecond]);
  expectMigrationsOnce(inFirst, inSecond);
  expectGradualShift(inSecond);
  for (const { traffic } of [first, second]) {
    expect(traffic).toMatchObject({ failed: 0, lost: 0 });
    expect(traffic.requests).toBeGreaterThan(0);
  }
  const health = await fetch(`${pipeline.urls.production}/health`);
  expect(await health.json()).toMatchObject({ commit: sha, version });
}

async function inProduction(pipeline: Pipeline, release: ReleaseAnswer): Promise<ProductionOutcome> {
  const outcome = await toProduction(pipeline, release);
  const { conclusion, deployment } = outcome;
  expect({ conclusion, state: deployment.state, cause: deployment.cause }).toEqual({
    ...{ conclusion: 'success', state: 'completed', cause: null },
  });
  return outcome;
}

/** Every run is green, all seven workflows are among them, and none of the way to production began before what it follows had ended. */
async function expectRunsInOrder({ runs }: Pipeline): Promise<void> {
  const all = (await runs.all()).toReversed();
  const named = all.map((run) => ({ ...run, workflow: /([\w-]+)\.yml$/.exec(run.workflowPath)?.[1] ?? '' }));
  expect(named.filter(({ conclusion }) => conclusion !== 'success')).toEqual([]);
  expect(new Set(named.map(({ workflow }) => workflow))).toEqual(
    new Set([
      ...['ci', 'build', 'security-scan', 'deploy-staging'],
      ...['e2e-tests', 'performance-tests', 'deploy-production'],
    ]),
  );
  const way = named.filter(({ workflow }) =>
    ['deploy-staging', 'e2e-tests', 'deploy-production'].includes(workflow),
  );
  const once = ['deploy-staging', 'e2e-tests', 'deploy-production'];
  expect(way.map(({ workflow }) => workflow)).toEqual([...once, ...once]);
  for (const [index, { startedAt }] of way.entries()) {
    if (index > 0) expect(startedAt).toBeGreaterThanOrEqual(way[index - 1]?.finishedAt ?? Infinity);
  }
}

/** Each was asked for by one person and given by another, for exactly the plan that was carried out. */
async function expectApprovals({ cli, project }: Pipeline, outcomes: ProductionOutcome[]): Promise<void> {
  const all = await cli.json<ApprovalAnswer>(['approvals', '--all', '--project', project]);
  const approvals = all.filter(({ environment }) => environment === 'production').toReversed();
  expect(approvals).toHaveLength(outcomes.length);
  for (const [index, { deployment }] of outcomes.entries()) {
    const { state, requestedBy, binding, bindingHash, decisions } = approvals[index]!;
    expect({ state, requestedBy, planHash: binding.planHash }).toEqual({
      ...{ state: 'approved', requestedBy: 'admin', planHash: deployment.planHash },
    });
    expect(decisions).toMatchObject([{ verdict: 'approved', by: 'lead', binding, bindingHash }]);
  }
}

type DeploymentHistory = DeploymentDetail & { events: DeploymentEventAnswer[]; plan: DeploymentPlan };

async function historyOf({ cli, project }: Pipeline, { id }: DeploymentAnswer): Promise<DeploymentHistory> {
  const [history] = await cli.json<DeploymentHistory>(['deployments', String(id), '--project', project]);
  return history!;
}

/** What production got is, digest by digest, what completed on staging before. */
async function expectDigestsOfStaging(pipeline: Pipeline, inProduction: DeploymentHistory[]): Promise<void> {
  const onStaging = (await pipeline.deployments('staging')).toReversed();
  expect(onStaging.map(({ state }) => state)).toEqual(inProduction.map(() => 'completed'));
  for (const [index, production] of inProduction.entries()) {
    const staging = await historyOf(pipeline, onStaging[index]!);
    expect(production.release).toEqual(staging.release);
    expect(digestsOf(production)).toEqual(digestsOf(staging));
  }
  const [first, second] = inProduction.map(digestsOf);
  expect(Object.keys(first ?? {})).toEqual(['api', 'migrations', 'worker']);
  expect(second?.api).not.toBe(first?.api);
}

function digestsOf({ plan }: DeploymentHistory): Record<string, string | null> {
  return Object.fromEntries(plan.components.map(({ name, next }) => [name, next]));
}

/** The first deployment found all of them pending and ran them in one go; the second found none. */
function expectMigrationsOnce(first: DeploymentHistory, second: DeploymentHistory): void {
  expect(first.plan.migrations.map(({ name }) => name)).toEqual([
    ...['0001-users-and-sessions', '0002-tasks', '0003-notifications'],
  ]);
  expect(actsOf(first, 'migrate')).toBe(1);
  expect(second.plan.migrations).toEqual([]);
  expect(actsOf(second, 'migrate')).toBe(0);
}

function actsOf({ events }: DeploymentHistory, kind: string): number {
  return events.filter(({ event }) => event?.kind === 'act.begun' && String(event.act).endsWith(`.${kind}`))
    .length;
}

/** The target itself said so of each tenth, in this order. */
function expectGradualShift({ events }: DeploymentHistory): void {
  const read = events
    .filter(({ event }) => event?.kind === 'act.succeeded' && typeof event.weight === 'number')
    .map(({ event }) => event?.weight);
  expect(read).toEqual([10, 20, 30, 40, 50, 60, 70, 80, 90, 100]);
}
