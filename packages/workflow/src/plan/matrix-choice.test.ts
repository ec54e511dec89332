import { describe, expect, it } from 'vitest';
import { forecastEvent } from '../forecast/index.ts';
import type { Diagnostic, Read } from '../model/diagnostic.ts';
import { readWorkflow } from '../reader/index.ts';
import { type EventPlan, type MatrixChoice, openJob, planEvent } from './index.ts';

const matrix = `
        os: [linux, mac]
        node: [20, 3.10]
        flag: [true]
        include:
          - { os: linux, node: 20, extra: '1' }
          - { os: win, config: { name: slow, tags: [nightly] } }`;

describe('a choice of legs', () => {
  it('keeps the legs that have the values, as the file writes them and without regard to case', () => {
    expect(namesOf(plan(matrix, { OS: ['LINUX'], node: ['3.10'], flag: ['true'] }))).toEqual([
      'test (linux, 3.1, true)',
    ]);
  });

  it('takes several values of one key as alternatives', () => {
    expect(namesOf(plan(matrix, { node: ['20', '3.1'], os: ['mac'] }))).toEqual([
      'test (mac, 20, true)',
      'test (mac, 3.1, true)',
    ]);
  });

  it('finds a value inside of a mapping or sequence, and legs that only an include makes', () => {
    expect(namesOf(plan(matrix, { config: ['nightly'] }))).toEqual(['test (win, slow, nightly)']);
  });

  it('leaves a job alone whose matrix has no such key, and skips one without a leg that matches', () => {
    const read = plan(' { os: [linux] }', { size: ['big'] }, '{ size: [small, big] }');
    expect(namesOf(read)).toEqual(['test (linux)', 'second (big)']);
    const skipping = plan(' { os: [linux] }', { os: ['win'] }, '{ os: [win] }');
    expect(forecastEvent(skipping.value as EventPlan)[0]?.jobs.map(({ verdict }) => verdict)).toEqual([
      { kind: 'skipped', reason: 'no leg of its matrix has os: win' },
      { kind: 'runs' },
    ]);
  });

  it('does not move a leg among its siblings', () => {
    const [run] = (plan(matrix, { os: ['mac'], node: ['20'] }).value as EventPlan).runs;
    const opening = openJob({
      planned: run!.graphs[0]!.jobs[0]!,
      graphs: run!.graphs,
      contexts: { ...run!.contexts, needs: {} },
      status: { success: true, failure: false, cancelled: false },
      matrixChoice: run!.matrixChoice,
    });
    expect(opening).toMatchObject({ kind: 'legs', legs: [{ place: { position: 2, total: 5 } }] });
  });
});

describe('a choice that no matrix has', () => {
  it('is refused with what there is', () => {
    expect(plan(matrix, { oss: ['linux'] }).diagnostics).toMatchObject([
      { code: 'unknown-matrix-key', message: "No matrix has the key 'oss'.", mend: "Did you mean 'os'?" },
    ]);
    expect(plan(matrix, { node: ['20', '24'] }).diagnostics).toMatchObject([
      {
        code: 'unknown-matrix-value',
        message: "No leg of a matrix has 'node: 24'.",
        mend: 'Choose one of: 20, 3.1.',
      },
    ]);
  });

  it('is refused where no job has a matrix', () => {
    expect(plan(null, { os: ['linux'] }).diagnostics).toMatchObject([
      { code: 'unknown-matrix-key', mend: 'Leave the choice out: no job that takes part has a matrix.' },
    ]);
  });

  it('may turn out to be there where a matrix depends on outputs', () => {
    const dynamic = ` \${{ fromJSON(needs.second.outputs.matrix) }}\n    needs: second`;
    expect(plan(dynamic, { os: ['linux'] }).diagnostics).toEqual([]);
  });
});

function plan(matrix: string | null, choice: Record<string, string[]>, second?: string): Read<EventPlan> {
  const strategy = (text: string) => `\n    strategy:\n      matrix:${text}`;
  const job = (text: string) => `\n    runs-on: ubuntu-latest${text}\n    steps: [{ run: 'true' }]`;
  const own = job(matrix === null ? '' : strategy(matrix));
  const content = `on: push\njobs:\n  test:${own}\n  second:${job(second ? strategy(` ${second}`) : '')}\n`;
  const { value, diagnostics } = readWorkflow({ path: '.github/workflows/ci.yml', content });
  if (!value) throw new Error(JSON.stringify(diagnostics));
  const matrixChoice = Object.entries(choice).map(([key, values]): MatrixChoice => ({ key, values }));
  const runs = [{ workflow: value, runId: '1', runNumber: 1 }];
  return planEvent({ runs, event: 'push', github: {}, vars: {}, load: () => undefined, matrixChoice });
}

function namesOf({ value, diagnostics }: Read<EventPlan>): (string | Diagnostic)[] {
  if (!value) return diagnostics;
  return forecastEvent(value).flatMap(({ jobs }) =>
    jobs.flatMap(({ legs }) =>
      legs?.kind === 'known' ? legs.legs.flatMap((leg) => (leg.name === 'second' ? [] : [leg.name])) : [],
    ),
  );
}
