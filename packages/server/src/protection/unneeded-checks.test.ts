import type { Workflow } from '@slipway/workflow';
import { readWorkflow } from '@slipway/workflow/reader';
import type { EventFacts } from '@slipway/workflow/triggers';
import { expect, test } from 'vitest';
import { unneededChecks } from './unneeded-checks.ts';

const read = (on: string, jobs = 'unit: { name: Unit Tests, STEPS }'): Workflow => {
  const steps = 'runs-on: ubuntu-latest, steps: [{ run: "true" }]';
  const content = `on: ${on}\njobs:\n  ${jobs.replaceAll('STEPS', steps)}\n`;
  const { value, diagnostics } = readWorkflow({ path: '.github/workflows/ci.yml', content });
  if (value === undefined) throw new Error(JSON.stringify(diagnostics));
  return value;
};
const pull = (changedFiles: string[] | undefined): EventFacts => ({
  name: 'pull_request',
  payload: { action: 'synchronize', pull_request: { base: { ref: 'main' } } },
  ref: 'refs/pull/1/merge',
  sha: 'a'.repeat(40),
  ...(changedFiles && { changedFiles }),
});
const ofSource = "{ pull_request: { paths: ['src/**'] } }";
const excused = (
  workflows: { base: Workflow[]; head: Workflow[] },
  event: EventFacts,
  context = 'Unit Tests',
) => unneededChecks([context], workflows, event).length > 0;

test.each<[string, string, string[] | undefined, boolean]>([
  ['whose paths are not changed', ofSource, ['docs/a.md'], true],
  ['that ignores what is changed', "{ pull_request: { paths-ignore: ['docs/**'] } }", ['docs/a.md'], true],
  ['whose paths are changed', ofSource, ['docs/a.md', 'src/a.ts'], false],
  ['without a path filter', 'pull_request', ['docs/a.md'], false],
  ['of changes that are not known', ofSource, undefined, false],
  ['that other events start', 'push', ['docs/a.md'], false],
  [
    'kept away by its branches',
    "{ pull_request: { branches: [other], paths: ['src/**'] } }",
    ['docs/a.md'],
    false,
  ],
  [
    'kept away by its types',
    "{ pull_request: { types: [labeled], paths: ['src/**'] } }",
    ['docs/a.md'],
    false,
  ],
])('the check of a workflow %s (%s, %j) need not run: %s', (_, on, changedFiles, expected) => {
  const workflow = read(on);
  expect(excused({ base: [workflow], head: [workflow] }, pull(changedFiles))).toBe(expected);
});

test('a change cannot excuse itself: what it does to the filter counts as little as a workflow that it brings or removes', () => {
  const always = read('pull_request');
  const filtered = read(ofSource);
  const event = pull(['.github/workflows/ci.yml']);
  expect(excused({ base: [always], head: [filtered] }, event)).toBe(false);
  expect(excused({ base: [], head: [filtered] }, event)).toBe(false);
  expect(excused({ base: [filtered], head: [] }, event)).toBe(false);
  expect(excused({ base: [filtered], head: [filtered, always] }, event)).toBe(false);
});

test('jobs are found by the names that their checks have', () => {
  const event = pull(['docs/a.md']);
  const both = (workflow: Workflow) => ({ base: [workflow], head: [workflow] });
  const matrix = both(read(ofSource, 'unit: { strategy: { matrix: { node: [22, 24] } }, STEPS }'));
  expect(excused(matrix, event, 'unit (24)')).toBe(true);
  expect(excused(matrix, event, 'other (24)')).toBe(false);
  const called = both(read(ofSource, 'call: { name: Checks, uses: ./.github/workflows/called.yml }'));
  expect(excused(called, event, 'Checks / Unit Tests')).toBe(true);
  expect(excused(called, event, 'Checks')).toBe(false);
  const computed = both(read(ofSource, 'unit: { name: "${{ github.actor }}", STEPS }'));
  expect(excused(computed, event, '${{ github.actor }}')).toBe(false);
});
