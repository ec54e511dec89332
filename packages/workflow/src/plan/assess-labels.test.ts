import { expect, it } from 'vitest';
import type { Diagnostic } from '../model/diagnostic.ts';
import { readWorkflow } from '../reader/index.ts';
import { assessLabels, type EventPlan, planEvent } from './index.ts';

it.each([
  'ubuntu-latest',
  'Windows-2025',
  'macos-15-xlarge',
  'ubuntu-18.04',
  'ubuntu-latest-16-cores',
  'X64',
  '[self-hosted, gpu]',
  '{ group: large }',
  '${{ vars.RUNNER }}',
])('%s may be a runner that there is', (runsOn) => {
  expect(assess(runsOn)).toEqual([]);
});

it.each([
  ['ubuntu-lastest', 'ubuntu-lastest', 14],
  ['ubuntu-latests', 'ubuntu-latests', 14],
  ['[linux, gpu-box]', 'gpu-box', 22],
  ['{ group: large, labels: macos-lates }', 'macos-lates', 38],
])('%s is reported where the label stands', (runsOn, label, column) => {
  expect(assess(runsOn)).toMatchObject([
    { code: 'unknown-label', line: 4, column, message: `No runner is known to have the label \`${label}\`.` },
  ]);
});

it('names the label that was probably meant, and how to serve the one that is written', () => {
  expect(assess('ubunut-latest')[0]?.mend).toBe(
    "Did you mean `ubuntu-latest`? If not, say what serves it: --runner 'ubunut-latest=host'.",
  );
});

it('reports a value of a matrix once, where it stands', () => {
  const strategy = '\n    strategy: { matrix: { os: [ubuntu-latest, plan9] } }';
  expect(assess('${{ matrix.os }}', strategy)).toMatchObject([{ line: 5, column: 47 }]);
});

it('leaves alone what is served', () => {
  expect(assess('gpu-box', '', (labels) => labels.includes('gpu-box'))).toEqual([]);
});

function assess(
  runsOn: string,
  strategy = '',
  isServed: (labels: string[]) => boolean = () => false,
): Diagnostic[] {
  const content = `on: push\njobs:\n  test:\n    runs-on: ${runsOn}${strategy}\n    steps: [{ run: 'true' }]\n`;
  const { value, diagnostics } = readWorkflow({ path: '.github/workflows/ci.yml', content });
  if (!value) throw new Error(JSON.stringify(diagnostics));
  const runs = [{ workflow: value, runId: '1', runNumber: 1 }];
  const plan = planEvent({ runs, event: 'push', github: {}, vars: {}, load: () => undefined });
  return assessLabels(plan.value as EventPlan, isServed);
}
