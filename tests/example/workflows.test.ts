import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { NoOperationTraceWriter, parseWorkflow } from '@actions/workflow-parser';
import { readDeliveryConfig } from '@slipway/delivery';
import type { Workflow } from '@slipway/workflow';
import { readWorkflow } from '@slipway/workflow/reader';
import { describe, expect, onTestFinished, test } from 'vitest';
import { parse } from 'yaml';
import { GitRepository } from '../git-repository.ts';
import { runSlipway } from '../slipway-process.ts';

const folder = join(import.meta.dirname, '../../examples/taskmanager');
const files = Object.fromEntries(
  readdirSync(join(folder, '.github'), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.yml'))
    .map((path) => [`.github/${path}`, readFileSync(join(folder, '.github', path), 'utf8')]),
);

/** What the pipeline's document requires before a merge. */
const requiredChecks = [
  'Lint & Format Check',
  'Type Check',
  'Unit Tests',
  'Integration Tests',
  'Security Scan',
];

function exampleRepository(): GitRepository {
  const repository = new GitRepository(files);
  onTestFinished(() => repository.remove());
  return repository;
}

function contentOf(name: string): string {
  return files[`.github/workflows/${name}.yml`]!;
}

function workflow(name: string): Workflow {
  const { value, diagnostics } = readWorkflow({ path: `${name}.yml`, content: contentOf(name) });
  expect(diagnostics).toEqual([]);
  return value!;
}

/** A workflow as plain YAML: what anybody who reads the file sees. */
function written(name: string) {
  return parse(contentOf(name));
}

test('lint has nothing to say about the example’s workflows', async () => {
  const { status, stdout } = await runSlipway(['lint', '--format', 'json'], {
    cwd: exampleRepository().path,
  });
  expect(JSON.parse(stdout)).toEqual([]);
  expect(status).toBe(0);
});

test('GitHub’s own parser takes each of them', () => {
  for (const [name, content] of Object.entries(files)) {
    if (!name.startsWith('.github/workflows/')) continue;
    const { context } = parseWorkflow({ name, content }, new NoOperationTraceWriter());
    expect(
      context.errors.getErrors().map(({ message }) => `${name}: ${message}`),
      name,
    ).toEqual([]);
  }
});

test.each(['push', 'pull_request'])('a %s starts every check that a merge requires', async (event) => {
  const { status, stdout } = await runSlipway(['plan', event, '--json'], { cwd: exampleRepository().path });
  expect(status).toBe(0);
  for (const check of requiredChecks) expect(stdout).toContain(JSON.stringify(check));
});

test('a push to main builds once, by way of the deployment to staging', async () => {
  const { stdout } = await runSlipway(['plan', 'push'], { cwd: exampleRepository().path });
  for (const component of ['api', 'worker', 'migrations'])
    expect(stdout.split(`Build & Push Docker Images (${component})`)).toHaveLength(2);
  expect(stdout).toMatch(/Deploy to Staging\s+ubuntu-latest\s+to staging\s+after build-and-push/);
});

test('branch protection requires the checks that CI has, by their names', () => {
  const [main] = parse(files['.github/branch-protection.yml']!).branches;
  const { required_status_checks: checks } = main.protection;
  expect(checks.contexts).toEqual(requiredChecks);
  const names = Object.values(written('ci').jobs as Record<string, { name: string }>).map(({ name }) => name);
  expect(names).toEqual(expect.arrayContaining(requiredChecks));
});

describe('each workflow is what the document’s of the same name is', () => {
  test.each([
    ['ci', 'CI', ['pull_request', 'push']],
    ['build', 'Build and Push Images', ['push', 'workflow_call']],
    ['deploy-staging', 'Deploy to Staging', ['push', 'workflow_dispatch']],
    ['deploy-production', 'Deploy to Production', ['workflow_dispatch']],
    ['e2e-tests', 'E2E Tests', ['workflow_run', 'workflow_dispatch']],
    ['performance-tests', 'Performance Tests', ['schedule', 'workflow_dispatch']],
    ['security-scan', 'Security Scan', ['schedule', 'push', 'pull_request']],
  ])('%s has its name and its triggers', (file, name, triggers) => {
    const { name: own, on } = written(file);
    expect(own).toBe(name);
    expect(Object.keys(on)).toEqual(triggers);
  });

  test('three images in a matrix, and the outputs of each leg', () => {
    const build = written('build').jobs['build-and-push'];
    expect(build.strategy.matrix.image.map(({ name }: { name: string }) => name)).toEqual([
      'api',
      'worker',
      'migrations',
    ]);
    expect(Object.keys(build.outputs)).toEqual(
      expect.arrayContaining(['api', 'worker', 'migrations', 'api-evidence']),
    );
    expect(build.permissions).toMatchObject({ 'id-token': 'write', 'security-events': 'write' });
  });

  test('production is dispatched with a tag, and deploys after its checks in an environment', () => {
    const { on, jobs, concurrency } = written('deploy-production');
    expect(on.workflow_dispatch.inputs).toMatchObject({
      'image-tag': { required: true, type: 'string' },
      'skip-migrations': { required: false, type: 'boolean', default: false },
    });
    expect(jobs['deploy-production']).toMatchObject({
      needs: ['pre-deployment-checks'],
      environment: { name: 'production' },
    });
    // Neither of two deployments is ever cancelled in the middle of its shift.
    expect(concurrency['cancel-in-progress']).toBe(false);
  });

  test('the nightly ones have the document’s times', () => {
    expect(written('performance-tests').on.schedule).toEqual([{ cron: '0 2 * * *' }]);
    expect(written('security-scan').on.schedule).toEqual([{ cron: '0 0 * * *' }]);
  });

  test('every job has a limit of its time', () => {
    for (const name of Object.keys(files).flatMap((path) => /workflows\/(.+)\.yml$/.exec(path)?.[1] ?? [])) {
      for (const [id, job] of Object.entries(written(name).jobs as Record<string, Record<string, unknown>>))
        if (job.uses === undefined) expect(job['timeout-minutes'], `${name}: ${id}`).toBeGreaterThan(0);
      expect(workflow(name).jobs.length).toBeGreaterThan(0);
    }
  });
});

test('slipway.yml describes what the workflows build and deploy', () => {
  const content = readFileSync(join(folder, 'slipway.yml'), 'utf8');
  const { value, diagnostics } = readDeliveryConfig({ path: 'slipway.yml', content });
  expect(diagnostics).toEqual([]);
  expect(Object.keys(value!.components).sort()).toEqual(['api', 'migrations', 'worker']);
  const { staging, production } = value!.environments;
  expect(production).toMatchObject({
    requires: 'staging',
    strategy: { kind: 'linear', percent: 10, everyMs: 180_000, bakeMs: 900_000 },
    protection: { branches: ['main'], preventSelfReview: true },
    gates: { tests: ['e2e'], scan: 'high' },
  });
  expect(production!.protection.reviewers).not.toEqual([]);
  expect(staging!.smoke).toBe(production!.smoke);
});

test('the example names every action by its commit, with the version beside it, or the ones that come with Slipway', () => {
  const uses = Object.values(files).flatMap((text) =>
    [...text.matchAll(/uses: (.+)$/gm)].map((match) => match[1]!),
  );
  const builtIn = uses.filter((use) => use.startsWith('slipway-ci/'));
  expect(builtIn.length).toBeGreaterThan(5);
  for (const use of builtIn) expect(use).toMatch(/^slipway-ci\/slipway\/actions\/[\w-]+@v1$/);
  const remote = uses.filter((use) => !use.startsWith('./') && !builtIn.includes(use));
  expect(remote.length).toBeGreaterThan(10);
  for (const use of remote) expect(use).toMatch(/^[\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
});
