import type { RunState } from '@slipway/workflow/run';
import { expect, test } from 'vitest';
import { deploy, drive, job, keysOf, planOf } from './driven-runs.fixture.ts';
import { createScriptedRunner } from './scripted-runner.ts';

test('runs go on from every state that was written: nothing concluded runs again, nothing is lost', async () => {
  const plan = planOf({
    'ci.yml': `on: push
jobs:
${job('list')}${job('each', 'needs: list\ncontinue-on-error: true\nstrategy:\n  max-parallel: 2\n  matrix:\n    part: [1, 2, 3]')}
  call:
    needs: list
    uses: ./.github/workflows/called.yml
    with: { stage: x }
${job('last', 'needs: [each, call]\nif: always()\nconcurrency: one')}`,
    'deploy.yml': `on: push\nconcurrency: one\njobs:\n${job('deploy', 'needs: list')}`,
    'called.yml': deploy,
  });
  const written: string[] = [];
  const states: RunState[] = [];
  const first = drive(plan, undefined, {
    onStateChange: (run, state) => {
      states[plan.runs.indexOf(run)] = state;
      if (states.length === 2) written.push(JSON.stringify(states));
    },
  });
  expect((await first.runs.finished).map(({ conclusion }) => conclusion)).toEqual(['success', 'success']);
  expect(written.length).toBeGreaterThan(20);

  for (const snapshot of written) {
    const before: RunState[] = JSON.parse(snapshot);
    const settled = before.flatMap(({ nodes }) =>
      nodes.flatMap((node) =>
        node.kind === 'leg' &&
        node.state.kind !== 'ready' &&
        node.state.kind !== 'pending' &&
        node.state.kind !== 'queued'
          ? [node.key]
          : [],
      ),
    );
    const again = drive(JSON.parse(JSON.stringify(plan)), undefined, { states: before });
    const results = await again.runs.finished;
    expect(keysOf(again.runner).filter((key) => settled.includes(key))).toEqual([]);
    const ids = results.flatMap(({ jobs }) => jobs.map(({ id }) => id.split('/')[0]));
    expect([...new Set(ids)].sort()).toEqual(['call', 'deploy', 'each', 'last', 'list']);
    for (const { conclusion, reason } of results.flatMap(({ jobs }) => jobs)) {
      if (conclusion === 'failure') expect(reason).toBe('its runner was lost');
    }
  }
});

test('a job that was running is taken over where that is possible', async () => {
  const plan = planOf({ 'ci.yml': `on: push\njobs:\n${job('a')}${job('b', 'needs: a')}` });
  const written: RunState[] = [];
  drive(plan, () => 'held', { onStateChange: (_, state) => written.push(JSON.parse(JSON.stringify(state))) });
  const other = createScriptedRunner(() => ({ outputs: { from: 'before' } }));
  const { runs, runner } = drive(plan, undefined, {
    states: written.slice(-1),
    adopt: (run, jobKey) => other.start({ runId: run.runId, jobKey } as never, () => {}),
  });
  const [result] = await runs.finished;
  expect(keysOf(runner)).toEqual(['b']);
  expect(runner.started[0]?.request.contexts.needs).toEqual({
    a: { result: 'success', outputs: { from: 'before' } },
  });
  expect(result?.conclusion).toBe('success');
});
