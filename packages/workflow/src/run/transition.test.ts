import { describe, expect, test } from 'vitest';
import { openJob } from '../plan/open-job.ts';
import { planEvent } from '../plan/plan-event.ts';
import type { RunPlan } from '../plan/run-plan.ts';
import { readWorkflow } from '../reader/index.ts';
import {
  actionsOf,
  initialState,
  legAt,
  type NodeIndex,
  nextActions,
  type RunMachineEvent,
  type RunState,
  scopeAt,
  situationOf,
  transition,
} from './index.ts';

/** A run under way in a test: what its jobs evaluate to is fed to it at once, runners are played by the test. */
class Run {
  readonly plan: RunPlan;
  state: RunState;

  constructor(jobs: string) {
    const { value, diagnostics } = readWorkflow({ path: 'ci.yml', content: `on: push\njobs:\n${jobs}` });
    if (!value) throw new Error(JSON.stringify(diagnostics));
    const runs = [{ workflow: value, runId: '1', runNumber: 1 }];
    const { value: plan } = planEvent({ runs, event: 'push', github: {}, vars: {}, load: () => undefined });
    this.plan = plan?.runs[0] as RunPlan;
    this.state = initialState(this.plan);
    this.settle();
  }

  send(event: RunMachineEvent): this {
    this.state = transition(this.plan, this.state, event).state;
    this.settle();
    return this;
  }

  /** Starts and ends a leg. */
  finish(key: string, conclusion: 'success' | 'failure' | 'cancelled' = 'success', outputs = {}): this {
    return this.send({ kind: 'leg.started', leg: this.leg(key) }).send({
      kind: 'leg.finished',
      leg: this.leg(key),
      conclusion,
      outputs,
    });
  }

  start(key: string): this {
    return this.send({ kind: 'leg.started', leg: this.leg(key) });
  }

  leg(key: string): NodeIndex {
    const index = this.state.nodes.findIndex((node) => node.kind === 'leg' && node.key === key);
    if (index < 0) throw new Error(`There is no leg ${key} yet.`);
    return index;
  }

  /** `key: state`, of jobs without legs and of legs; concluded ones by their conclusion. */
  get picture(): string[] {
    return this.state.nodes
      .flatMap((node) => {
        if (node.kind === 'leg') {
          return [
            `${node.key}: ${node.state.kind === 'concluded' ? node.state.conclusion : node.state.kind}`,
          ];
        }
        if (node.kind === 'scope' || node.state.kind === 'open') return [];
        const hasLegs = this.state.nodes.some(
          (one) => one.kind === 'leg' && this.state.nodes[one.job] === node,
        );
        const what = node.state.kind === 'concluded' ? node.state.fact.conclusion : node.state.kind;
        return hasLegs ? [] : [`${node.key}: ${what}`];
      })
      .sort();
  }

  get conclusion(): string {
    const { state } = scopeAt(this.state, 0);
    return state.kind === 'concluded' ? state.conclusion : state.kind;
  }

  private settle(): void {
    for (const action of nextActions(this.state)) {
      if (action.kind !== 'open-job') continue;
      const opening = openJob(situationOf(this.plan, this.state, action.job));
      this.send({ kind: 'job.opened', job: action.job, opening });
      return;
    }
  }
}

const steps = 'runs-on: x, steps: [{ run: echo }]';

describe('fail-fast', () => {
  const matrix = `  m: { strategy: { matrix: { v: [1, 2, 3] }, max-parallel: 2 }, ${steps} }\n`;

  test('tells running siblings to stop and lets queued ones go', () => {
    const run = new Run(matrix).start('m(0)').start('m(1)').finish('m(0)', 'failure');
    expect(run.picture).toEqual(['m(0): failure', 'm(1): cancelling', 'm(2): cancelled']);
    run.send({ kind: 'leg.finished', leg: run.leg('m(1)'), conclusion: 'cancelled', outputs: {} });
    expect(run.conclusion).toBe('failure');
  });

  test('a sibling that succeeds while it is told to stop has succeeded', () => {
    const run = new Run(matrix).start('m(1)').finish('m(0)', 'failure').finish('m(1)', 'success');
    expect(run.picture).toEqual(['m(0): failure', 'm(1): success', 'm(2): cancelled']);
  });

  test('is not set off by a leg that may fail', () => {
    const run = new Run(matrix.replace('runs-on', 'continue-on-error: true, runs-on')).finish(
      'm(0)',
      'failure',
    );
    expect(run.picture).toEqual(['m(0): success', 'm(1): ready', 'm(2): ready']);
  });
});

describe('max-parallel', () => {
  test('lets the next leg in when one has ended, in order', () => {
    const run = new Run(`  m: { strategy: { matrix: { v: [1, 2, 3] }, max-parallel: 1 }, ${steps} }\n`);
    expect(run.picture).toEqual(['m(0): ready', 'm(1): queued', 'm(2): queued']);
    expect(run.finish('m(0)').picture).toEqual(['m(0): success', 'm(1): ready', 'm(2): queued']);
  });
});

describe('success() looks at all ancestors', () => {
  const chain = `  a: { ${steps} }
  b: { needs: a, if: always(), ${steps} }
  c: { needs: b, ${steps} }
  d: { needs: b, if: failure(), ${steps} }
`;

  test('a failed grandparent skips a job whose parent succeeded', () => {
    const run = new Run(chain).finish('a', 'failure').finish('b');
    expect(run.picture).toEqual(['a: failure', 'b: success', 'c: skipped', 'd: ready']);
  });

  test('a failure that may happen is none', () => {
    const run = new Run(chain.replace('runs-on', 'continue-on-error: true, runs-on'))
      .finish('a', 'failure')
      .finish('b');
    expect(run.picture).toEqual(['a: success', 'b: success', 'c: ready', 'd: skipped']);
  });
});

describe('a cancelled run', () => {
  const jobs = `  work: { ${steps} }
  spared: { if: always(), ${steps} }
  next: { needs: work, ${steps} }
  tidy: { needs: work, if: always(), ${steps} }
  tell: { needs: work, if: cancelled(), ${steps} }
  blame: { needs: work, if: failure(), ${steps} }
`;

  test('stops what runs, spares always(), and judges what waits when its needs have ended', () => {
    const run = new Run(jobs)
      .start('work')
      .start('spared')
      .send({ kind: 'run.cancelled', force: false, reason: 'x' });
    expect(run.picture).toEqual([
      'blame: waiting',
      'next: waiting',
      'spared: running',
      'tell: waiting',
      'tidy: waiting',
      'work: cancelling',
    ]);
    run.send({ kind: 'leg.finished', leg: run.leg('work'), conclusion: 'failure', outputs: {} });
    expect(run.picture).toEqual([
      'blame: skipped',
      'next: skipped',
      'spared: running',
      'tell: ready',
      'tidy: ready',
      'work: failure',
    ]);
    for (const key of ['spared', 'tell', 'tidy']) run.finish(key);
    expect(run.conclusion).toBe('cancelled');
  });

  test('by force starts nothing more', () => {
    const run = new Run(jobs)
      .start('work')
      .start('spared')
      .send({ kind: 'run.cancelled', force: true, reason: 'x' });
    expect(run.picture).toEqual([
      'blame: cancelled',
      'next: cancelled',
      'spared: cancelling',
      'tell: cancelled',
      'tidy: cancelled',
      'work: cancelling',
    ]);
  });

  test('may be cancelled again by force', () => {
    const run = new Run(jobs)
      .start('work')
      .send({ kind: 'run.cancelled', force: false, reason: 'once' })
      .send({ kind: 'run.cancelled', force: true, reason: 'twice' });
    expect(legAt(run.state, run.leg('work')).state).toEqual({
      kind: 'cancelling',
      cancelled: { force: true, reason: 'twice' },
    });
  });
});

describe('outputs of a matrix', () => {
  test('the last leg that sets one wins, and an empty one sets none', () => {
    const run = new Run(
      `  m: { strategy: { matrix: { v: [1, 2, 3] } }, ${steps} }\n  n: { needs: m, ${steps} }\n`,
    )
      .finish('m(2)', 'success', { a: 'from 2', b: '' })
      .finish('m(0)', 'success', { a: 'from 0', b: 'set' })
      .finish('m(1)', 'success', { a: '', b: '' });
    const needed = run.state.nodes[1];
    expect(needed?.kind === 'job' && needed.state.kind === 'concluded' && needed.state.fact.outputs).toEqual({
      a: 'from 0',
      b: 'set',
    });
  });
});

describe('a runner that is lost', () => {
  test('fails its leg, or cancels it if it had been told to stop', () => {
    const run = new Run(`  a: { ${steps} }\n  b: { ${steps} }\n`).start('a').start('b');
    run.send({ kind: 'leg.lost', leg: run.leg('a'), reason: 'gone' });
    run.send({ kind: 'leg.cancelled', leg: run.leg('b'), force: false, reason: 'x' });
    run.send({ kind: 'leg.lost', leg: run.leg('b'), reason: 'gone' });
    expect(run.picture).toEqual(['a: failure', 'b: cancelled']);
  });

  test('gives its leg back if it had not begun', () => {
    const run = new Run(`  a: { ${steps} }\n`).start('a');
    run.send({ kind: 'leg.returned', leg: run.leg('a') });
    expect(run.picture).toEqual(['a: ready']);
    expect(nextActions(run.state)).toEqual([{ kind: 'start-leg', leg: run.leg('a') }]);
  });
});

test('what changed tells all there is to do', () => {
  const run = new Run(`  a: { ${steps} }\n  b: { needs: a, ${steps} }\n`).start('a');
  const { state, changed } = transition(run.plan, run.state, {
    kind: 'leg.finished',
    leg: run.leg('a'),
    conclusion: 'success',
    outputs: {},
  });
  expect(actionsOf(state, changed)).toEqual([{ kind: 'open-job', job: 2 }]);
  expect(actionsOf(state, changed)).toEqual(nextActions(state));
});

test('an event that comes twice changes nothing', () => {
  const run = new Run(`  a: { ${steps} }\n`).finish('a');
  const again = transition(run.plan, run.state, {
    kind: 'leg.finished',
    leg: run.leg('a'),
    conclusion: 'failure',
    outputs: {},
  });
  expect(again.state).toBe(run.state);
  expect(again.changed).toEqual([]);
});
