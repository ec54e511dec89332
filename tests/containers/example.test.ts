import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import type { JobProgress, RunEvent } from '@slipway/contracts';
import { expect, onTestFinished, test } from 'vitest';
import { findOnPath } from '../../packages/runner/src/machine/binaries.ts';
import { parseImageReference } from '../../packages/runner/src/services/image-reference.ts';
import { findPostgres } from '../../packages/runner/src/services/native/postgres-installation.ts';
import { GitRepository } from '../git-repository.ts';
import { runSlipway } from '../slipway-process.ts';
import { prepareTestEngine, testImages } from './test-engine.ts';

const engine = await prepareTestEngine();

/** The images that the example's workflow names, and what stands for them where the engine has none. */
const standIns = { 'postgres:15-alpine': testImages.postgres, 'redis:7-alpine': testImages.redis };

test('the example’s pipeline comes to the same on the host and in containers', {
  timeout: 900_000,
}, async (ctx) => {
  if (engine.kind === 'skip') return ctx.skip(engine.reason);
  if (!(await findPostgres(parseImageReference('postgres')))) return ctx.skip('PostgreSQL is not installed');
  if (!findOnPath('redis-server')) return ctx.skip('Redis is not installed');
  await tagStandIns();
  const repository = exampleRepository();
  const onHost = await runExample(repository, ['--executor', 'host']);
  const image = `docker://${testImages.node}`;
  const inContainers = await runExample(repository, [
    '--executor',
    'docker',
    '--runner',
    `ubuntu-latest=${image}`,
  ]);
  expect(onHost.map(({ conclusion }) => conclusion)).toEqual(Array(5).fill('success'));
  expect(inContainers).toEqual(onHost);
});

async function tagStandIns(): Promise<void> {
  if (engine.kind === 'skip') return;
  const { client } = engine;
  for (const [image, standIn] of Object.entries(standIns)) {
    if ((await client.run(['image', 'ls', '--quiet', image])) !== '') continue;
    await client.run(['tag', standIn, image]);
    onTestFinished(() => client.attempt(['rmi', '--no-prune', image]));
  }
}

function exampleRepository(): GitRepository {
  const copy = mkdtempSync(join(tmpdir(), 'slipway-example-'));
  const left = new Set(['node_modules', 'build', 'coverage', 'reports', '.slipway', '.npm-cache']);
  try {
    cpSync(join(import.meta.dirname, '../../examples/taskmanager'), copy, {
      recursive: true,
      filter: (path) => !left.has(basename(path)),
    });
    const repository = new GitRepository(copy);
    onTestFinished(() => repository.remove());
    return repository;
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}

interface JobOutcome {
  job: string;
  conclusion: string;
  outputs: Record<string, unknown>;
  /** Name and conclusion of each. */
  steps: string[];
  /** First lines. */
  summaries: string[];
}

/** What came of each job, by name. */
async function runExample(repository: GitRepository, options: string[]): Promise<JobOutcome[]> {
  const ci = ['--workflows', '.github/workflows/ci.yml'];
  const args = ['run', 'push', '--json', ...ci, '--var', 'FETCH_ACTIONS=false', ...options];
  const { stdout, stderr } = await runSlipway(args, {
    cwd: repository.path,
    env: { SLIPWAY_HOME: repository.home },
  });
  const events = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as RunEvent);
  const outcomes = outcomesOf(events);
  expect(outcomes, stdout + stderr).toHaveLength(5);
  return outcomes.sort((a, b) => a.job.localeCompare(b.job));
}

function outcomesOf(events: RunEvent[]): JobOutcome[] {
  const outcomes = new Map<string, JobOutcome>();
  const names = new Map<string, string>();
  for (const event of events) {
    if (event.kind === 'job.planned')
      outcomes.set(event.jobKey, { job: event.name, conclusion: '', outputs: {}, steps: [], summaries: [] });
    if (event.kind !== 'job.concluded' && event.kind !== 'job.progress') continue;
    const outcome = outcomes.get(event.jobKey)!;
    if (event.kind === 'job.concluded') outcome.conclusion = event.conclusion;
    else addProgress(outcome, event, names);
  }
  return [...outcomes.values()];
}

function addProgress(outcome: JobOutcome, { jobKey, event }: JobProgress, names: Map<string, string>): void {
  switch (event.kind) {
    case 'step.started':
      names.set(`${jobKey} ${event.step}`, event.name);
      break;
    case 'step.finished':
      outcome.steps.push(`${names.get(`${jobKey} ${event.step}`)}: ${event.conclusion}`);
      break;
    case 'step.summary':
      outcome.summaries.push(event.markdown.split('\n', 1)[0]!);
      break;
    case 'job.finished':
      outcome.outputs = event.outputs;
      break;
  }
}
