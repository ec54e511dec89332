import { expect, it } from 'vitest';
import { readWorkflow } from '../reader/index.ts';
import { openJob, planEvent } from './index.ts';

it.each([
  ['5', 5],
  ['0.05', 0.05],
  ["${{ fromJSON('1.5') }}", 1.5],
  ['0', null],
  ['-1', null],
])('timeout-minutes: %s of a job is %j', (written, timeoutMinutes) => {
  const content = `on: push\njobs:\n  test:\n    runs-on: x64\n    timeout-minutes: ${written}\n    steps: [{ run: 'true' }]\n`;
  const { value, diagnostics } = readWorkflow({ path: '.github/workflows/ci.yml', content });
  if (!value) throw new Error(JSON.stringify(diagnostics));
  const runs = [{ workflow: value, runId: '1', runNumber: 1 }];
  const [run] = planEvent({ runs, event: 'push', github: {}, vars: {}, load: () => undefined }).value!.runs;
  const opening = openJob({
    planned: run!.graphs[0]!.jobs[0]!,
    graphs: run!.graphs,
    contexts: { ...run!.contexts, needs: {} },
    status: { success: true, failure: false, cancelled: false },
  });
  expect(opening).toMatchObject({ legs: [{ work: { timeoutMinutes } }] });
});
