import { mkdirSync, writeFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import type { PauseDecision, PausedStep, StepGate } from '@slipway/runner';
import { describe, expect, test } from 'vitest';
import { runJob, startJob } from '../jobs/job-fixture.ts';

interface Held {
  at: string;
  depth: number;
}

/** Holds at the given reasons; what is done there is the test's. */
function gate(
  reasons: PausedStep['reason'][],
  decide: (step: PausedStep) => PauseDecision | Promise<PauseDecision>,
): { gate: StepGate; held: Held[] } {
  const held: Held[] = [];
  return {
    held,
    gate: {
      stops: ({ reason }) => reasons.includes(reason),
      async pause(step) {
        held.push({ at: `${step.reason} ${step.frames[0]?.title}`, depth: step.frames.length });
        return await decide(step);
      },
    },
  };
}

const composite = {
  '.github/actions/two/action.yml': `
name: two
inputs: { word: { default: none } }
runs:
  using: composite
  steps:
    - name: Inner
      run: test -f "$RUNNER_TEMP/mended"
      shell: bash
    - name: After
      run: echo after
      shell: bash`,
};

describe('a gate of the runner', () => {
  test('is asked of steps that run, those in composite actions included, and not of skipped ones', async () => {
    const { gate: theGate, held } = gate(['before'], () => ({ kind: 'run' }));
    await runJob(
      '- uses: actions/checkout@v4\n- if: false\n  name: Skipped\n  run: echo\n- name: Outer\n  uses: ./.github/actions/two',
      { files: composite, runner: { gate: theGate } },
    );
    expect(held).toEqual([
      { at: 'before Run actions/checkout@v4', depth: 1 },
      { at: 'before Outer', depth: 1 },
      { at: 'before Inner', depth: 2 },
    ]);
  });

  test('is told of a failure where it happens, not again by each action around it', async () => {
    const { gate: theGate, held } = gate(['failure'], () => ({ kind: 'fail' }));
    const report = await runJob('- uses: actions/checkout@v4\n- name: Outer\n  uses: ./.github/actions/two', {
      files: composite,
      runner: { gate: theGate },
    });
    expect(held).toEqual([{ at: 'failure Inner', depth: 2 }]);
    expect(report.result('Outer')).toBe('failure');
  });

  test('may let a step inside an action run again, and the action goes on', async () => {
    const { gate: theGate } = gate(['failure'], async (step) => {
      const temp = String(await step.evaluate('runner.temp'));
      writeFileSync(`${temp}/mended`, '');
      return { kind: 'run' };
    });
    const report = await runJob('- uses: actions/checkout@v4\n- name: Outer\n  uses: ./.github/actions/two', {
      files: composite,
      runner: { gate: theGate },
    });
    expect(report.result('Outer')).toBe('success');
    expect(report.log('Outer')).toMatch(/Running the step again\.[\s\S]*\nafter\n/);
  });

  test('sees the contexts of each level, secrets masked', async () => {
    const seen: unknown[] = [];
    const { gate: theGate } = gate(['failure'], async (step) => {
      seen.push(step.contexts(0).inputs, step.contexts(1).inputs, step.contexts(1).secrets);
      seen.push(await step.evaluate("format('{0} {1}', inputs.word, github.action_path != '')"));
      seen.push(await step.evaluate('toJSON(secrets.KEY)', 1));
      return { kind: 'fail' };
    });
    await runJob('- uses: actions/checkout@v4\n- uses: ./.github/actions/two\n  with: { word: given }', {
      files: composite,
      secrets: { KEY: 'a "quoted" secret' },
      runner: { gate: theGate },
    });
    expect(seen).toEqual([
      { word: 'given' },
      {},
      { KEY: '***', GITHUB_TOKEN: '***' },
      'given true',
      expect.stringMatching(/^"?\*\*\*"?$/),
    ]);
  });

  test('undoes what a failed try has set before the step runs again', async () => {
    let tries = 0;
    const { gate: theGate } = gate(['failure'], () => (++tries < 3 ? { kind: 'run' } : { kind: 'fail' }));
    const report = await runJob(
      '- id: try\n  run: |\n    echo "COUNT=x$COUNT" >> "$GITHUB_ENV"\n    echo "out=$COUNT" >> "$GITHUB_OUTPUT"\n    exit 1\n- if: always()\n  name: Then\n  run: echo "<$COUNT ${{ steps.try.outcome }}>"',
      { runner: { gate: theGate } },
    );
    expect(tries).toBe(3);
    expect(report.log('Then')).toContain('<x failure>');
  });

  test('may say that a failed step counts as succeeded, or that one need not run at all', async () => {
    const { gate: theGate } = gate(['failure', 'before'], ({ reason, frames: [frame] }) =>
      reason === 'failure' || frame?.title === 'Passed over' ? { kind: 'succeed' } : { kind: 'run' },
    );
    const report = await runJob('- name: Fails\n  run: exit 1\n- name: Passed over\n  run: echo ran', {
      runner: { gate: theGate },
    });
    expect(report.finished.conclusion).toBe('success');
    expect(report.log('Passed over')).not.toContain('ran');
  });

  test('stops the clock of time limits while it holds a job', async () => {
    // Five seconds; held for six.
    const { gate: theGate } = gate(['failure'], async (step) => {
      await delay(6_000);
      mkdirSync(String(await step.evaluate('runner.temp')), { recursive: true });
      writeFileSync(`${await step.evaluate('runner.temp')}/mended`, '');
      return { kind: 'run' };
    });
    const report = await runJob(
      "jobs:\n  test:\n    runs-on: ubuntu-latest\n    timeout-minutes: 1\n    steps:\n      - uses: actions/checkout@v4\n      - name: Outer\n        uses: ./.github/actions/two\n        timeout-minutes: ${{ fromJSON('0.0834') }}",
      { files: composite, runner: { gate: theGate } },
    );
    expect(report.result('Outer')).toBe('success');
  }, 60_000);

  test('holds no longer than until the job is cancelled', async () => {
    const holding = Promise.withResolvers<void>();
    const { gate: theGate } = gate(['failure'], () => {
      holding.resolve();
      return new Promise(() => {});
    });
    const { execution, report } = startJob(
      '- run: exit 1\n- name: Always\n  if: always()\n  run: echo cleaned up',
      { runner: { gate: theGate } },
    );
    await holding.promise;
    execution.cancel('enough');
    const { finished, log } = await report;
    expect(finished).toMatchObject({ conclusion: 'cancelled', reason: 'enough' });
    expect(log('Always')).toContain('cleaned up');
  });
});
