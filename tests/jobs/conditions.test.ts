import { describe, expect, test } from 'vitest';
import { runJob } from './job-fixture.ts';

describe('conditions and results', () => {
  test('`if` without a status function means success() && (…)', async () => {
    const report = await runJob(`
- { name: Fail, run: exit 1 }
- { name: If true, if: true, run: echo }
- { name: Failure, if: failure(), run: echo }
- { name: Failure and more, if: "failure() && github.ref_name == 'main'", run: echo }
- { name: Not cancelled, if: '!cancelled()', run: echo }
- { name: Cancelled, if: cancelled(), run: echo }
- { name: Always, if: always(), run: 'echo "status \${{ job.status }}"' }
`);
    const results = report.steps().map((name) => `${name}: ${report.result(name)}`);
    expect(results).toEqual([
      'Fail: failure',
      'If true: skipped',
      'Failure: success',
      'Failure and more: success',
      'Not cancelled: success',
      'Cancelled: skipped',
      'Always: success',
    ]);
    expect(report.log('Always')).toContain('status failure\n');
  });

  test('outcome is before continue-on-error, conclusion after it', async () => {
    const report = await runJob(`
- { id: bad, name: Bad, continue-on-error: true, run: exit 2 }
- { id: good, run: echo }
- { id: skipped, if: false, run: echo }
- name: Show
  run: |
    echo "\${{ steps.bad.outcome }} \${{ steps.bad.conclusion }}"
    echo "\${{ steps.good.outcome }} \${{ steps.good.conclusion }}"
    echo "\${{ steps.skipped.outcome }} \${{ steps.skipped.conclusion }}"
`);
    expect(report.log('Show')).toContain('failure success\nsuccess success\nskipped skipped\n');
    expect(report.result('Bad')).toBe('failure/success');
    expect(report.finished.conclusion).toBe('success');
  });

  test("the step's own env is seen by its `if` and its name", async () => {
    const report = await runJob(`
- { name: 'Deploy to \${{ env.WHERE }}', if: env.WHERE == 'here', env: { WHERE: here }, run: echo done }
`);
    expect(report.steps()).toEqual(['Deploy to here']);
    expect(report.result('Deploy to here')).toBe('success');
  });

  test('an expression that fails, fails its step and names the place, not the runner', async () => {
    const report = await runJob(`
- { name: Bad if, if: "fromJSON('{') == 1", run: echo no, continue-on-error: true }
- { name: Bad env, if: always(), env: { A: "\${{ fromJSON('{') }}" }, run: echo no }
- { name: Bad run, if: always(), run: "echo \${{ fromJSON('{') }}" }
- { name: Late, if: always(), run: echo yes }
`);
    expect([report.result('Bad if'), report.result('Bad env'), report.result('Bad run')]).toEqual([
      'failure',
      'failure',
      'failure',
    ]);
    expect(report.annotations('Bad run')[0]?.message).toContain("fromJSON('{')");
    expect(report.result('Late')).toBe('success');
  });

  test('hashFiles hashes the workspace as it is when the step starts, in composite actions too', async () => {
    const report = await runJob(
      `
- { name: Early, run: "echo [\${{ hashFiles('**/*.lock') }}]" }
- uses: actions/checkout@v4
- { name: Late, env: { H: "\${{ hashFiles('**/*.lock') }}" }, run: 'echo "hash $H"' }
- { name: Use, uses: ./c }
`,
      {
        files: {
          'a.lock': 'a',
          'c/action.yml':
            'name: c\nruns: { using: composite, steps: [{ shell: bash, run: "echo hash ${{ hashFiles(\'**/*.lock\') }}" }] }\n',
        },
      },
    );
    expect(report.log('Early')).toContain('\n[]\n');
    const late = /^hash ([0-9a-f]{64})$/m.exec(report.log('Late'))?.[1];
    expect(late).toBeDefined();
    expect(report.log('Use')).toContain(`\nhash ${late}\n`);
  });

  test('steps without a name are called after what they do', async () => {
    const report = await runJob(`
- run: |

    echo "\${{ github.ref_name }}"
    echo second
- uses: actions/checkout@v4
`);
    expect(report.steps()).toEqual(['Run echo "main"', 'Run actions/checkout@v4']);
  });
});

describe('job outputs', () => {
  const job = (outputs: string, steps: string) =>
    `jobs:\n  test:\n    runs-on: ubuntu-latest\n    outputs: ${outputs}\n    steps:\n${steps.replace(/^/gm, '      ')}`;

  test('are evaluated when the steps are done, also of a job that failed', async () => {
    const report = await runJob(
      job(
        '{ a: "${{ steps.one.outputs.a }}", b: "${{ env.B }}", empty: "${{ steps.one.outputs.none }}" }',
        `
- { id: one, run: 'echo "a=1" >> "$GITHUB_OUTPUT"; echo "B=2" >> "$GITHUB_ENV"' }
- run: exit 1`,
      ),
    );
    expect(report.finished).toMatchObject({ conclusion: 'failure', outputs: { a: '1', b: '2' } });
    expect(report.finished.outputs).not.toHaveProperty('empty');
  });

  test('that hold a secret, in any encoding, are dropped with a warning', async () => {
    const report = await runJob(
      job(
        '{ plain: "${{ steps.one.outputs.plain }}", coded: "${{ steps.one.outputs.coded }}", fine: ok }',
        `
- id: one
  run: |
    echo "plain=it is $KEY" >> "$GITHUB_OUTPUT"
    echo "coded=$(printf '%s' "user:$KEY" | base64 -w0)" >> "$GITHUB_OUTPUT"
  env: { KEY: "\${{ secrets.KEY }}" }`,
      ),
      { secrets: { KEY: 's3cr3t-value-of-mine' } },
    );
    expect(report.finished.outputs).toEqual({ fine: 'ok' });
    expect(report.annotations('Complete job').map(({ message }) => message)).toEqual([
      "Skip output 'plain' since it may contain secret.",
      "Skip output 'coded' since it may contain secret.",
    ]);
  });

  test('that can’t be evaluated fail the job', async () => {
    const report = await runJob(
      job('{ a: "${{ fromJSON(steps.one.outputs.a) }}" }', '- { id: one, run: echo }'),
    );
    expect(report.finished.conclusion).toBe('failure');
  });

  test('of more than 1 MiB fail the job', async () => {
    const report = await runJob(
      job(
        '{ a: "${{ steps.one.outputs.a }}" }',
        '- { id: one, run: \'echo "a=$(head -c 600000 /dev/zero | tr "\\0" x)" >> "$GITHUB_OUTPUT"\' }',
      ),
    );
    expect(report.finished).toMatchObject({ conclusion: 'failure', outputs: {} });
    expect(report.annotations('Complete job')[1]?.message).toContain('Pass large data through artifacts.');
  });

  test("the environment's url is evaluated at the end", async () => {
    const report = await runJob(`jobs:
  test:
    runs-on: ubuntu-latest
    environment: { name: staging, url: 'https://\${{ steps.one.outputs.host }}/' }
    steps:
      - { id: one, run: 'echo "host=example.org" >> "$GITHUB_OUTPUT"' }
`);
    expect(report.finished.environmentUrl).toBe('https://example.org/');
  });
});

describe('background steps', () => {
  test('run beside others until they are waited for; what they set is seen then', async () => {
    const report = await runJob(`
- id: server
  name: Server
  background: true
  run: |
    until [ -e go ]; do sleep 0.05; done
    echo "port=8080" >> "$GITHUB_OUTPUT"; echo "READY=yes" >> "$GITHUB_ENV"
- { name: Before, run: 'echo "[\${{ steps.server.outputs.port }}] [$READY]"; touch go' }
- { wait: server }
- { name: After, run: 'echo "[\${{ steps.server.outputs.port }}] [$READY] \${{ steps.server.outcome }}"' }
`);
    expect(report.log('Before')).toContain('\n[] []\n');
    expect(report.log('After')).toContain('\n[8080] [yes] success\n');
    expect(report.finished.conclusion).toBe('success');
  });

  test('that fail, fail the step that waits, and the job', async () => {
    const report = await runJob(`
- { id: bad, name: Bad, background: true, run: exit 1 }
- { id: fine, name: Fine, background: true, run: echo }
- { name: Meanwhile, run: echo }
- { id: all, name: All, wait-all: true }
- { name: Skipped, run: echo }
- { name: Seen, if: always(), run: 'echo "\${{ steps.all.outcome }}"' }
`);
    expect(report.result('Meanwhile')).toBe('success');
    expect(report.result('All')).toBe('failure');
    expect(report.result('Skipped')).toBe('skipped');
    expect(report.log('Seen')).toContain('\nfailure\n');
    expect(report.finished.conclusion).toBe('failure');
  });

  test('that nobody waits for are waited for before the posts', async () => {
    const report = await runJob(`
- { id: late, name: Late, background: true, run: sleep 0.5; exit 1 }
- { name: Other, run: echo }
`);
    expect(report.steps()).toEqual(['Late', 'Other', 'Wait for all background steps']);
    expect(report.finished.conclusion).toBe('failure');
  });

  test('are ended by cancel, which harms nobody', async () => {
    const report = await runJob(`
- { id: server, name: Server, background: true, run: 'echo up > up.txt; sleep 300' }
- { name: Use, run: 'until [ -e up.txt ]; do sleep 0.05; done' }
- { cancel: server }
- { name: Show, run: 'echo "\${{ steps.server.outcome }}"' }
`);
    expect(report.log('Show')).toContain('\ncancelled\n');
    expect(report.finished.conclusion).toBe('success');
  });
});
