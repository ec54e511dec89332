import { existsSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { isRunning } from '../../packages/runner/src/processes/process-table.ts';
import { type JobReport, startJob } from './job-fixture.ts';

/** Process ids that the job has printed as `pid <name>: <pid>`. */
function pidsIn(report: JobReport): number[] {
  return [...report.log().matchAll(/^pid \w+: (\d+)$/gm)].map((match) => Number(match[1]));
}

function expectNothingLeft(report: JobReport): void {
  const pids = pidsIn(report);
  expect(pids.length).toBeGreaterThan(0);
  expect(pids.filter(isRunning)).toEqual([]);
}

describe('cancelling a job', () => {
  test('ends the running step with its children and grandchildren, skips the rest, runs always() steps', async () => {
    const job = startJob(`
- name: Sleep
  run: |
    bash -c 'bash -c "echo pid grandchild: \\$\\$; sleep 300" & echo pid child: $$; wait' &
    sleep 300 & echo "pid background: $!"
    echo "pid shell: $$"; wait
- { name: Skipped, run: echo no }
- { name: Not cancelled, if: failure(), run: echo no }
- { name: Cancelled, if: cancelled(), run: 'echo "status \${{ job.status }}"' }
- { name: Always, if: always(), run: echo cleaned }
`);
    await job.shown(/^pid shell: \d/m);
    await job.shown(/^pid grandchild: \d/m);
    job.execution.cancel('The test wants it.');
    const report = await job.report;
    expectNothingLeft(report);
    expect(report.finished).toMatchObject({ conclusion: 'cancelled', reason: 'The test wants it.' });
    expect(report.result('Sleep')).toBe('cancelled');
    expect(report.result('Skipped')).toBe('skipped');
    expect(report.result('Not cancelled')).toBe('skipped');
    expect(report.log('Cancelled')).toContain('status cancelled\n');
    expect(report.log('Always')).toContain('cleaned\n');
  });

  test('a step whose `if` still holds runs on', async () => {
    const job = startJob(`
- name: Cleanup
  if: always()
  run: |
    echo "started"
    while [ ! -e "$GITHUB_WORKSPACE/go" ]; do sleep 0.05; done
    echo "ran to its end"
- { name: Helper, if: always(), run: echo done }
`);
    await job.shown(/^started$/m);
    job.execution.cancel('x');
    const { mkdirSync } = await import('node:fs');
    mkdirSync(`${job.workDirectory}/1/app/app/go`);
    const report = await job.report;
    expect(report.result('Cleanup')).toBe('success');
    expect(report.log('Cleanup')).toContain('ran to its end');
    expect(report.finished.conclusion).toBe('cancelled');
  });

  test('a process that handles SIGINT has time to clean up', async () => {
    const job = startJob(`
- name: Polite
  run: |
    trap 'echo "cleaning"; sleep 0.2; echo "cleaned"; exit 0' INT
    echo "pid shell: $$"
    while :; do sleep 0.1; done
`);
    await job.shown(/^pid shell: \d/m);
    job.execution.cancel('x');
    const report = await job.report;
    expect(report.log('Polite')).toContain('cleaned\n');
    expect(report.result('Polite')).toBe('cancelled');
  });

  test('a tree that ignores SIGINT and SIGTERM is killed', { timeout: 60_000 }, async () => {
    const job = startJob(`
- name: Stubborn
  run: |
    trap '' INT TERM HUP
    (trap '' INT TERM HUP; echo "pid child: $BASHPID"; while :; do sleep 1; done) &
    setsid bash -c 'trap "" INT TERM; echo "pid session: $$"; while :; do sleep 1; done' &
    echo "pid shell: $$"
    while :; do sleep 1; done
`);
    await Promise.all([
      job.shown(/^pid shell: \d/m),
      job.shown(/^pid session: \d/m),
      job.shown(/^pid child: \d/m),
    ]);
    const before = performance.now();
    job.execution.cancel('x');
    const report = await job.report;
    expectNothingLeft(report);
    // SIGINT, 7.5 s, SIGTERM, 2.5 s.
    expect(performance.now() - before).toBeGreaterThan(9_900);
    expect(report.result('Stubborn')).toBe('cancelled');
  });

  test('kill ends everything at once, and no further step runs', async () => {
    const job = startJob(`
- name: Stubborn
  run: |
    trap '' INT TERM
    setsid bash -c 'trap "" INT TERM; echo "pid session: $$"; while :; do sleep 1; done' &
    echo "pid shell: $$"
    while :; do sleep 1; done
- { name: Always, if: always(), run: echo no }
`);
    await Promise.all([job.shown(/^pid shell: \d/m), job.shown(/^pid session: \d/m)]);
    job.execution.kill();
    const report = await job.report;
    expectNothingLeft(report);
    expect(report.result('Always')).toBe('skipped');
    expect(report.finished.conclusion).toBe('cancelled');
    expect(existsSync(`${job.workDirectory}/1`)).toBe(false);
  });

  test('before its set-up is done, no step runs', async () => {
    const job = startJob('- { name: Step, run: echo no }\n- { name: Always, if: always(), run: echo yes }\n');
    job.execution.cancel('early');
    const report = await job.report;
    expect(report.result('Step')).toBe('skipped');
    expect(report.finished.conclusion).toBe('cancelled');
  });

  test('cancel-timeout-minutes bounds what always() steps may take', { timeout: 60_000 }, async () => {
    const job = startJob(`jobs:
  test:
    runs-on: ubuntu-latest
    cancel-timeout-minutes: 0.01
    steps:
      - { name: Sleep, run: 'echo "pid shell: $$"; sleep 300' }
      - { name: Always, if: always(), run: 'trap "" INT; echo "pid always: $$"; sleep 300' }
`);
    await job.shown(/^pid shell: \d/m);
    job.execution.cancel('x');
    const report = await job.report;
    expectNothingLeft(report);
    expect(report.finished.conclusion).toBe('cancelled');
  });
});

describe('the end of a job', () => {
  test('ends daemons that left the session, double-forked or not, and says so', async () => {
    const job = startJob(`
- name: Start
  run: |
    (setsid bash -c 'trap "" HUP INT TERM; echo "pid daemon: $$"; exec >/dev/null 2>&1; while :; do sleep 1; done' &)
    nohup sleep 300 >/dev/null 2>&1 & echo "pid nohup: $!"
    sleep 0.3
- { name: Alive, run: 'kill -0 $(pgrep -f "[p]id daemon") && echo "still there"' }
`);
    const report = await job.report;
    expect(report.log('Alive')).toContain('still there');
    expectNothingLeft(report);
    expect(report.log('Complete job')).toMatch(/Ended \d+ processes that the job had left running/);
    expect(report.finished.conclusion).toBe('success');
  });

  test('a server in the background that holds the output open delays its step by 5 s and lives on', {
    timeout: 60_000,
  }, async () => {
    const job = startJob(`
- name: Serve
  run: |
    (while :; do echo tick; sleep 0.1; done) &
    echo "pid server: $!" | tee server.txt
- { name: Use, run: 'sleep 0.3; kill -0 $(sed "s/.*: //" server.txt) && echo "server answers"' }
`);
    const report = await job.report;
    const finished = report.events.find((event) => event.kind === 'step.finished' && event.step === 1);
    expect(finished).toMatchObject({ conclusion: 'success' });
    expect((finished as { durationMs: number }).durationMs).toBeGreaterThan(4_900);
    expect(report.log('Use')).toContain('server answers');
    expectNothingLeft(report);
  });
});

describe('time limits', () => {
  test('a step that times out fails its job and ends its children', async () => {
    const job = startJob(`
- name: Slow
  timeout-minutes: 0.005
  run: |
    sleep 300 & echo "pid child: $!"
    echo "pid shell: $$"; wait
- { name: Next, run: echo no }
- { name: Failure, if: failure(), run: echo yes }
`);
    const report = await job.report;
    expectNothingLeft(report);
    expect(report.result('Slow')).toBe('failure');
    expect(report.annotations('Slow')[0]?.message).toContain('timed out after 0.005 minutes');
    expect([report.result('Next'), report.result('Failure')]).toEqual(['skipped', 'success']);
    expect(report.finished.conclusion).toBe('failure');
  });

  test('a step that times out may continue on error', async () => {
    const job = startJob(
      '- { name: Slow, timeout-minutes: 0.002, continue-on-error: true, run: sleep 300 }\n- run: echo on\n',
    );
    const report = await job.report;
    expect(report.result('Slow')).toBe('failure/success');
    expect(report.finished.conclusion).toBe('success');
  });

  test('a job whose time is up fails with the reason; its steps see it cancelled', async () => {
    const job = startJob(`jobs:
  test:
    runs-on: ubuntu-latest
    timeout-minutes: 0.01
    steps:
      - { name: Sleep, run: sleep 300 }
      - { name: Cancelled, if: cancelled(), run: echo yes }
`);
    const report = await job.report;
    expect(report.finished).toMatchObject({
      conclusion: 'failure',
      reason: 'The job has exceeded the maximum execution time of 0.01 minutes.',
    });
    expect([report.result('Sleep'), report.result('Cancelled')]).toEqual(['cancelled', 'success']);
  });

  test("a composite action's time limit stops the step inside that is running", async () => {
    const job = startJob('- uses: actions/checkout@v4\n- { name: Use, uses: ./c, timeout-minutes: 0.01 }\n', {
      files: {
        'c/action.yml':
          'runs: { using: composite, steps: [{ shell: bash, run: "echo \\"pid inner: $$\\"; sleep 300" }, { shell: bash, run: echo not-reached }] }\nname: c\n',
      },
    });
    const report = await job.report;
    expectNothingLeft(report);
    expect(report.result('Use')).toBe('failure');
    expect(report.log('Use')).not.toContain('\nnot-reached\n');
  });
});
