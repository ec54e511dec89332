import type { Workflow } from '@slipway/workflow';
import { planEvent, type RunPlan } from '@slipway/workflow/plan';
import { readWorkflow } from '@slipway/workflow/reader';
import type { RunState } from '@slipway/workflow/run';
import { expect, test } from 'vitest';
import { driveRuns } from '../runs/index.ts';
import { createScriptedRunner } from '../runs/scripted-runner.ts';
import { keysToRerun, type RerunWish } from './keys-to-rerun.ts';

function parse(path: string, content: string): Workflow {
  const { value, diagnostics } = readWorkflow({ path, content });
  if (value === undefined) throw new Error(JSON.stringify(diagnostics));
  return value;
}

const job = (id: string, more = '') => `  ${id}:\n    runs-on: linux\n${more}    steps: [{ run: echo }]\n`;

const files = {
  caller: `on: push
jobs:
${job('build')}
${job('lint')}
${job('test', '    needs: build\n    strategy: { fail-fast: false, matrix: { part: [1, 2, 3] } }\n')}
  deploy:
    needs: test
    if: always()
    uses: ./.github/workflows/deploy.yml
${job('report', '    needs: deploy\n    if: always()\n')}`,
  deploy: `on: workflow_call\njobs:\n${job('push')}${job('check', '    needs: push\n')}`,
};

/** A run in which the legs with these keys failed. */
async function finishedRun(...failed: string[]): Promise<{ plan: RunPlan; state: RunState }> {
  const called = parse('./.github/workflows/deploy.yml', files.deploy);
  const { value } = planEvent({
    runs: [{ workflow: parse('.github/workflows/ci.yml', files.caller), runId: '1', runNumber: 1 }],
    event: 'push',
    github: {},
    vars: {},
    load: () => called,
  });
  const [plan] = value?.runs ?? [];
  if (value === undefined || plan === undefined) throw new Error('there is no plan');
  let state: RunState | undefined;
  await driveRuns({
    plan: value,
    runner: createScriptedRunner(({ request }) => ({
      conclusion: failed.includes(request.jobKey) ? 'failure' : 'success',
    })),
    secrets: {},
    maxParallel: 10,
    emit: () => {},
    now: () => 0,
    onStateChange: (_, after) => (state = after),
  }).finished;
  if (state === undefined) throw new Error('nothing happened');
  return { plan, state };
}

async function again(wish: RerunWish, ...failed: string[]): Promise<string[] | null> {
  const { plan, state } = await finishedRun(...failed);
  const keys = keysToRerun(plan, state, wish);
  return keys === null ? null : [...keys].toSorted();
}

test('everything runs again where that is wanted', async () => {
  expect(await again({ kind: 'all' })).toBeNull();
});

test('nothing runs again where nothing failed', async () => {
  expect(await again({ kind: 'failed' })).toEqual([]);
});

test('of a matrix the failed legs run again, and whatever needs the job', async () => {
  expect(await again({ kind: 'failed' }, 'test(1)')).toEqual([
    'deploy',
    'deploy/check',
    'deploy/push',
    'report',
    'test',
    'test(1)',
  ]);
});

test('a failed job of a called workflow runs again, with what needs it there and what needs the call', async () => {
  expect(await again({ kind: 'failed' }, 'deploy/push')).toEqual([
    'deploy',
    'deploy/check',
    'deploy/push',
    'report',
  ]);
});

test('one job runs again with all its legs, though they succeeded', async () => {
  expect(await again({ kind: 'job', jobKey: 'build' })).toEqual([
    'build',
    'deploy',
    'deploy/check',
    'deploy/push',
    'report',
    'test',
    'test(0)',
    'test(1)',
    'test(2)',
  ]);
});

test('one leg runs again alone, with what needs its job', async () => {
  const keys = await again({ kind: 'job', jobKey: 'test(2)' });
  expect(keys).toContain('test(2)');
  expect(keys).not.toContain('test(0)');
  expect(keys).toContain('report');
});

test('a job that there is not is none', async () => {
  expect(await again({ kind: 'job', jobKey: 'biuld' })).toEqual([]);
});
