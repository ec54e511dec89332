import { existsSync, globSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { forecastEvent } from '../forecast/index.ts';
import type { Workflow } from '../model/workflow.ts';
import { readWorkflow } from '../reader/index.ts';
import { planEvent } from './index.ts';

/**
 * Golden cases. `workflow.yml` and `sibling-*.yml` are started by the event, `not-started-*.yml` are not; other files
 * can be called as `./.github/workflows/NAME`. `UPDATE_GOLDENS=1` rewrites what is expected.
 */
const folder = path.join(import.meta.dirname, 'cases');

describe('the forecast of a plan', () => {
  for (const name of globSync('*', { cwd: folder }).sort()) {
    test(name, () => {
      const file = path.join(folder, name, 'expected.json');
      const forecast = forecastOf(path.join(folder, name));
      if (process.env.UPDATE_GOLDENS === '1') writeFileSync(file, `${JSON.stringify(forecast, null, 2)}\n`);
      expect(existsSync(file), 'run once with UPDATE_GOLDENS=1').toBe(true);
      expect(forecast).toEqual(JSON.parse(readFileSync(file, 'utf8')));
    });
  }
});

function forecastOf(caseFolder: string): unknown {
  const files = globSync('*.yml', { cwd: caseFolder }).sort();
  const read = new Map(files.map((file) => [file, readCase(caseFolder, file)]));
  const started = ['workflow.yml', ...files.filter((file) => file.startsWith('sibling-'))];
  const notStarted = files.filter((file) => file.startsWith('not-started-'));
  const { value, diagnostics } = planEvent({
    runs: started.map((file, index) => ({
      workflow: read.get(file) as Workflow,
      runId: String(index + 1),
      runNumber: 1,
    })),
    notStarted: notStarted.map((file) => read.get(file) as Workflow),
    event: 'push',
    github: {
      event_name: 'push',
      repository: 'octo/tasks',
      ref: 'refs/heads/main',
      ref_name: 'main',
      sha: 'ffac537e6cbbf934b08745a378932722df287a53',
      actor: 'mona',
      event: { head_commit: { message: 'Add a task\n\nWith its tests.' } },
    },
    vars: {},
    load: (uses) => read.get(path.basename(uses)),
  });
  return value ? forecastEvent(value) : { diagnostics };
}

function readCase(caseFolder: string, file: string): Workflow {
  const content = readFileSync(path.join(caseFolder, file), 'utf8');
  const { value, diagnostics } = readWorkflow({ path: `.github/workflows/${file}`, content });
  if (!value) throw new Error(JSON.stringify(diagnostics));
  return value;
}
