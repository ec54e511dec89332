import { expect, it } from 'vitest';
import type { Workflow } from '../model/workflow.ts';
import { assessNeeds } from './needs.ts';
import { readWorkflow } from './read-workflow.ts';

function read(path: string, jobs: Record<string, string[]>): Workflow {
  const lines = Object.entries(jobs).map(
    ([id, needs]) => `  ${id}: { runs-on: x, needs: [${needs}], steps: [] }`,
  );
  const { value, diagnostics } = readWorkflow({
    path,
    content: ['on: push', 'jobs:', ...lines, ''].join('\n'),
  });
  if (!value) throw new Error(JSON.stringify(diagnostics));
  return value;
}

it('lets a job need a job of a sibling workflow, ignoring case', () => {
  const deploy = read('deploy.yml', { deploy: ['Build'] });
  expect(assessNeeds(deploy, [read('ci.yml', { build: [] })])).toEqual([]);
});

it('refuses a need that no workflow has, at its place', () => {
  const deploy = read('deploy.yml', { deploy: ['biuld'] });
  expect(assessNeeds(deploy, [read('ci.yml', { build: [] })])).toEqual([
    {
      file: 'deploy.yml',
      line: 3,
      column: 33,
      severity: 'error',
      code: 'unknown-need',
      message: 'Job `deploy` needs the job `biuld`, which does not exist.',
      mend: 'Did you mean `build`?',
    },
  ]);
});
