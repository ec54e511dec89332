import { expect, test } from 'vitest';
import type { Workflow } from '../model/workflow.ts';
import { readWorkflow } from '../reader/index.ts';
import { callsOf, type PlanRequest, planEvent, qualifyUses } from './index.ts';

function workflow(name: string, content: string): Workflow {
  const { value, diagnostics } = readWorkflow({ path: `.github/workflows/${name}`, content });
  if (!value) throw new Error(JSON.stringify(diagnostics));
  return value;
}

const job = (id: string, needs: string[] = []): string =>
  `  ${id}: { needs: [${needs.join(', ')}], runs-on: x, steps: [{ run: echo }] }\n`;

const ci = workflow(
  'ci.yml',
  `name: CI\non: push\njobs:\n${job('lint')}${job('build', ['lint'])}${job('test', ['build'])}`,
);
const deploy = workflow('deploy.yml', `on: push\njobs:\n${job('ship', ['build'])}${job('tell', ['ship'])}`);

function plan(workflows: Workflow[], more: Partial<PlanRequest> = {}): ReturnType<typeof planEvent> {
  return planEvent({
    runs: workflows.map((one, index) => ({ workflow: one, runId: `${index + 1}`, runNumber: index + 40 })),
    event: 'push',
    github: { repository: 'octo/tasks', ref: 'refs/heads/main', sha: 'abc' },
    vars: {},
    load: () => undefined,
    ...more,
  });
}

function idsOf({ value }: ReturnType<typeof planEvent>): unknown {
  return value?.runs.map(({ graphs }) => graphs[0]?.jobs.map((one) => one.job.id));
}

test('all jobs of all workflows take part', () => {
  expect(idsOf(plan([ci, deploy]))).toEqual([
    ['lint', 'build', 'test'],
    ['ship', 'tell'],
  ]);
});

test('only selected jobs and what they need take part, over workflows', () => {
  expect(idsOf(plan([ci, deploy], { only: ['ship'] }))).toEqual([['lint', 'build'], ['ship']]);
  expect(idsOf(plan([ci, deploy], { only: ['BUILD', 'lint'] }))).toEqual([['lint', 'build']]);
});

test('a need in another workflow follows its job when workflows before it have no selected job', () => {
  const other = workflow('a.yml', `on: push\njobs:\n${job('unrelated')}`);
  const { value } = plan([other, ci, deploy], { only: ['ship'] });
  expect(value?.runs[1]?.foreign).toEqual([{ kind: 'sibling', run: 0, job: 1, id: 'build' }]);
});

test('a selected job that nobody has is an error that names those there are', () => {
  expect(plan([ci], { only: ['bild'] }).diagnostics).toMatchObject([
    { code: 'unknown-job', mend: 'Name one of: lint, build, test.' },
  ]);
});

test('each run has its own github context', () => {
  const { value } = plan([ci, deploy]);
  expect(value?.runs.map(({ contexts }) => contexts.github)).toMatchObject([
    {
      workflow: 'CI',
      workflow_ref: 'octo/tasks/.github/workflows/ci.yml@refs/heads/main',
      workflow_sha: 'abc',
      run_id: '1',
      run_number: '40',
      run_attempt: '1',
    },
    { workflow: '.github/workflows/deploy.yml', run_id: '2', run_number: '41' },
  ]);
});

test.each<[string, string, object, string]>([
  ['a push', 'push', { head_commit: { message: 'Mend it\n\nFor good.' } }, 'Mend it'],
  ['a pull request', 'pull_request', { pull_request: { title: ' Add tasks ' } }, 'Add tasks'],
  ['an issue', 'issues', { issue: { title: 'Broken' } }, 'Broken'],
  ['a release', 'release', { release: { name: 'v1' } }, 'v1'],
  ['a repository dispatch', 'repository_dispatch', { action: 'nightly' }, 'nightly'],
  ['a schedule', 'schedule', { schedule: '* * * * *' }, 'CI'],
  ['a push without commits', 'push', { head_commit: null }, 'CI'],
])('without run-name the run of %s is named after it', (_, event, payload, name) => {
  const github = { repository: 'o/r', event: JSON.parse(JSON.stringify(payload)) };
  expect(plan([ci], { event, github }).value?.runs[0]?.name).toBe(name);
});

test('calls are named by full references, relative to the repository of their caller', () => {
  const caller = workflow(
    'call.yml',
    'on: push\njobs:\n  a: { uses: ./.github/workflows/x.yml }\n  b: { uses: o/r/.github/workflows/y.yml@v1 }\n  c: { uses: ./.github/workflows/x.yml }\n',
  );
  expect(callsOf(caller)).toEqual(['./.github/workflows/x.yml', 'o/r/.github/workflows/y.yml@v1']);
  expect(qualifyUses('./.github/workflows/z.yml', 'o/r/.github/workflows/y.yml@v1')).toBe(
    'o/r/.github/workflows/z.yml@v1',
  );
  expect(qualifyUses('./a.yml', '.github/workflows/ci.yml')).toBe('./a.yml');
});

test('a workflow that is called twice is laid out once', () => {
  const caller = workflow('call.yml', 'on: push\njobs:\n  a: { uses: ./x.yml }\n  b: { uses: ./x.yml }\n');
  const called = workflow('x.yml', `on: workflow_call\njobs:\n${job('inner')}`);
  const { value } = plan([caller], { load: () => called });
  expect(value?.runs[0]?.graphs).toHaveLength(2);
  expect(value?.runs[0]?.graphs[0]?.jobs.map(({ callee }) => callee)).toEqual([1, 1]);
});

test('calls may be nine levels deep, not ten', () => {
  const levels = Array.from({ length: 11 }, (_, level) =>
    workflow(
      `${level}.yml`,
      level === 10
        ? `on: workflow_call\njobs:\n${job('last')}`
        : `on: [push, workflow_call]\njobs:\n  call: { uses: ./.github/workflows/${level + 1}.yml }\n`,
    ),
  );
  const load: PlanRequest['load'] = (uses) => levels.find(({ path }) => uses === `./${path}`);
  expect(plan([levels[1] as Workflow], { load }).diagnostics).toEqual([]);
  expect(plan([levels[0] as Workflow], { load }).diagnostics).toMatchObject([{ code: 'call-depth' }]);
});
