import { describe, expect, it } from 'vitest';
import { liveFrame } from './live-frame.ts';
import { addToPicture, emptyPicture } from './run-picture.ts';
import { RunRecording } from './run-recording.fixture.ts';
import { plainStyle } from './style.ts';

function recording() {
  const picture = emptyPicture();
  const run = new RunRecording('1', (event) => addToPicture(picture, event));
  const frame = (rows = 20) => liveFrame(picture, { now: 5000, rows, style: plainStyle, tick: 0 });
  return { run, frame };
}

describe('the live frame', () => {
  it('shows the steps of a running job, their times and the end of the log', () => {
    const { run, frame } = recording();
    run.plan('test', 'test (20)');
    run.start('test', 1000);
    run.step('test', { step: 1, name: 'Run npm ci', at: 1000 });
    run.endStep('test', 1, 'success');
    run.step('test', { step: 2, name: 'Run npm test', at: 2000 });
    run.log('test', 2, 'first\nsecond\n');
    expect(frame()).toEqual([
      '⠋ CI / test (20) 4.0s',
      '  ✓ Run npm ci 1.0s',
      '  ⠋ Run npm test 3.0s',
      '    first',
      '    second',
    ]);
  });

  it('counts what waits and leaves out what has concluded', () => {
    const { run, frame } = recording();
    for (const job of ['a', 'b', 'c']) run.plan(job);
    run.conclude('a', 'success');
    expect(frame()).toEqual(['· 2 jobs wait']);
    run.conclude('b', 'success');
    run.wait('c', 'needs a reviewer');
    expect(frame()).toEqual(['· 1 job waits: needs a reviewer']);
  });

  it('never takes more rows than it is given, and names what runs as long as it can', () => {
    const { run, frame } = recording();
    for (let leg = 0; leg < 30; leg += 1) {
      const job = `leg(${leg})`;
      run.plan(job);
      run.start(job);
      for (const step of [1, 2, 3]) run.step(job, { step, name: `step ${step}` });
      run.log(job, 3, 'a\nb\nc\nd\ne\nf\ng\n');
    }
    run.plan('last');
    for (const rows of [2, 5, 10, 31, 100, 1000]) expect(frame(rows).length).toBeLessThanOrEqual(rows);
    expect(frame(31)[0]).toBe('⠋ CI / leg(0) 5.0s  step 1, step 2, step 3');
    expect(frame(5).slice(-2)).toEqual(['  … 27 more jobs run', '· 1 job waits']);
  });
});
