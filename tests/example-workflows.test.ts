import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { GitRepository } from './git-repository.ts';
import { runSlipway } from './slipway-process.ts';

const folder = join(import.meta.dirname, '../examples/taskmanager');
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

test('lint has nothing to say about the example’s workflows', async () => {
  const { status, stdout } = await runSlipway(['lint', '--format', 'json'], {
    cwd: exampleRepository().path,
  });
  expect(JSON.parse(stdout)).toEqual([]);
  expect(status).toBe(0);
});

test.each(['push', 'pull_request'])('a %s starts every check that a merge requires', async (event) => {
  const { status, stdout } = await runSlipway(['plan', event, '--json'], { cwd: exampleRepository().path });
  expect(status).toBe(0);
  for (const check of requiredChecks) expect(stdout).toContain(JSON.stringify(check));
});

test('the example names every action by its commit, with the version beside it', () => {
  const uses = Object.values(files).flatMap((text) =>
    [...text.matchAll(/uses: (.+)$/gm)].map((match) => match[1]!),
  );
  const remote = uses.filter((use) => !use.startsWith('./'));
  expect(remote).toHaveLength(7);
  for (const use of remote) expect(use).toMatch(/^[\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
});
