import { describe, expect, test } from 'vitest';
import { runJob } from './job-fixture.ts';

describe('the environment of a step', () => {
  test('step env wins over GITHUB_ENV over job env over workflow env', async () => {
    const report = await runJob(`
env: { A: workflow, B: workflow, C: workflow, D: workflow }
jobs:
  test:
    runs-on: ubuntu-latest
    env: { B: job, C: job, D: 'job on \${{ github.ref_name }}' }
    steps:
      - { name: Early, run: 'echo "$A $B $C $D"' }
      - run: printf 'C=file\\nD=file\\n' >> "$GITHUB_ENV"
      - { name: Late, run: 'echo "$A $B $C $D \${{ env.C }} \${{ env.D }}"', env: { D: step } }
`);
    expect(report.log('Early')).toContain('workflow job job job on main\n');
    expect(report.log('Late')).toContain('\nworkflow job file step file step\n');
  });

  test('GITHUB_* and RUNNER_* cannot be overridden', async () => {
    const report = await runJob(`
- run: printf 'GITHUB_SHA=forged\\nRUNNER_TEMP=forged\\n' >> "$GITHUB_ENV"
- name: Show
  env: { GITHUB_REPOSITORY: forged, RUNNER_OS: forged }
  run: echo "$GITHUB_SHA $GITHUB_REPOSITORY $RUNNER_OS"; ls -d "$RUNNER_TEMP"
`);
    expect(report.log('Show')).toMatch(/^0{40} octo\/app (Linux|macOS)$/m);
    expect(report.result('Show')).toBe('success');
  });

  test('may have a PATH with folders that can not be looked into', async () => {
    const report = await runJob(`
- run: ln -s loop loop && echo "$PWD/loop" >> "$GITHUB_PATH"
- { name: Show, run: 'echo still here' }
`);
    expect(report.log('Show')).toContain('\nstill here\n');
  });

  test('ends a value at a NUL byte, and takes files with a byte order mark', async () => {
    const report = await runJob(`
- run: printf 'NUL=before\\0after\\nN\\0=x\\n' >> "$GITHUB_ENV"
- run: printf '\\357\\273\\277MARKED=utf-8\\n' >> "$GITHUB_ENV"
- run: printf '\\377\\376W\\0=\\0\\351\\0\\n\\0' >> "$GITHUB_ENV"
- { name: Show, run: 'echo "$NUL $MARKED $W"' }
`);
    expect(report.log('Show')).toContain('\nbefore utf-8 é\n');
  });

  test('has all that GitHub documents', async () => {
    const report = await runJob('- { id: shown, name: Show, run: env }\n');
    const names = new Set([...report.log('Show').matchAll(/^([A-Z_]+)=/gm)].map((match) => match[1]));
    for (const name of [
      ...['CI', 'GITHUB_ACTION', 'GITHUB_ACTIONS', 'GITHUB_ACTOR', 'GITHUB_API_URL', 'GITHUB_ENV'],
      ...[
        'GITHUB_EVENT_NAME',
        'GITHUB_EVENT_PATH',
        'GITHUB_JOB',
        'GITHUB_OUTPUT',
        'GITHUB_PATH',
        'GITHUB_REF',
      ],
      ...['GITHUB_REF_NAME', 'GITHUB_REF_TYPE', 'GITHUB_REPOSITORY', 'GITHUB_REPOSITORY_OWNER'],
      ...['GITHUB_RUN_ATTEMPT', 'GITHUB_RUN_ID', 'GITHUB_RUN_NUMBER', 'GITHUB_SERVER_URL', 'GITHUB_SHA'],
      ...['GITHUB_STATE', 'GITHUB_STEP_SUMMARY', 'GITHUB_WORKFLOW', 'GITHUB_WORKSPACE', 'HOME', 'PATH'],
      ...[
        'RUNNER_ARCH',
        'RUNNER_ENVIRONMENT',
        'RUNNER_NAME',
        'RUNNER_OS',
        'RUNNER_TEMP',
        'RUNNER_TOOL_CACHE',
      ],
      ...['RUNNER_WORKSPACE', 'RUNNER_TRACKING_ID'],
    ]) {
      expect(names, name).toContain(name);
    }
    expect(report.log('Show')).toMatch(/^GITHUB_ACTION=shown$/m);
    expect(report.log('Show')).not.toMatch(/ACTIONS_RUNTIME|GITHUB_TOKEN/);
  });

  test("holds nothing of the caller's that it does not need", async () => {
    const report = await runJob('- { name: Show, run: env }\n', {
      runner: {
        baseEnv: {
          PATH: process.env.PATH,
          HOME: '/tmp',
          AWS_SECRET_ACCESS_KEY: 'x',
          MY_VAR: 'y',
          LANG: 'C.UTF-8',
        },
      },
    });
    expect(report.log('Show')).not.toMatch(/AWS_SECRET|MY_VAR/);
    expect(report.log('Show')).toMatch(/^LANG=C.UTF-8$/m);
  });

  test('CI is true unless the workflow says otherwise; GITHUB_ACTIONS always is', async () => {
    const report = await runJob(
      '- { name: Show, run: "echo $CI $GITHUB_ACTIONS", env: { CI: nope, GITHUB_ACTIONS: nope } }\n',
    );
    expect(report.log('Show')).toContain('\nnope true\n');
  });

  test('the event is at GITHUB_EVENT_PATH', async () => {
    const report = await runJob('- { name: Show, run: cat $GITHUB_EVENT_PATH }\n', {
      github: { event: { head_commit: { message: 'Hello' } } },
    });
    expect(report.log('Show')).toContain('"message": "Hello"');
  });

  test('github.token is the secret GITHUB_TOKEN, or a random one of the run, and masked', async () => {
    const given = await runJob(
      '- { name: Show, run: "echo ${{ github.token == secrets.GITHUB_TOKEN }} ${{ github.token }}" }\n',
      {
        secrets: { GITHUB_TOKEN: 'ghs_given' },
      },
    );
    expect(given.log('Show')).toContain('\ntrue ***\n');
    const random = await runJob(
      '- { name: Show, run: "echo ${#T}; echo $T", env: { T: "${{ github.token }}" } }\n',
    );
    expect(random.log('Show')).toMatch(/\n\d\d\n\*\*\*\n/);
  });
});

describe('environment files', () => {
  test('are new and empty for every step', async () => {
    const report = await runJob(`
- run: echo "A=1" >> "$GITHUB_ENV"; echo "a=1" >> "$GITHUB_OUTPUT"; echo "$GITHUB_ENV" > first.txt
- name: Show
  run: cat "$GITHUB_ENV" "$GITHUB_OUTPUT" "$GITHUB_PATH" "$GITHUB_STEP_SUMMARY" "$GITHUB_STATE"; [ "$(cat first.txt)" != "$GITHUB_ENV" ] && echo "another file"
`);
    expect(report.log('Show')).toMatch(/##\[endgroup\]\nanother file\n$/);
  });

  test('take values of several lines', async () => {
    const report = await runJob(`
- id: multi
  run: |
    { echo 'TEXT<<END'; echo 'one=1'; echo 'two<<2'; echo END; } | tee -a "$GITHUB_ENV" "$GITHUB_OUTPUT"
- name: Show
  run: echo "$TEXT"; echo '\${{ toJSON(steps.multi.outputs.TEXT) }}'
`);
    expect(report.log('Show')).toContain('\none=1\ntwo<<2\n"one=1\\ntwo<<2"\n');
  });

  test('that are malformed fail the step, and what stands before the fault counts', async () => {
    const report = await runJob(`
- id: bad
  name: Bad
  continue-on-error: true
  run: printf 'A=1\\nnonsense\\nB=2\\n' >> "$GITHUB_OUTPUT"
- { name: Open, continue-on-error: true, run: 'echo "X<<EOF" >> "$GITHUB_ENV"' }
- { name: Show, run: 'echo "[\${{ steps.bad.outputs.A }}\${{ steps.bad.outputs.B }}]"' }
`);
    expect(report.result('Bad')).toBe('failure/success');
    expect(report.result('Open')).toBe('failure/success');
    expect(report.annotations('Bad').map(({ message }) => message)).toEqual([
      "Unable to process file command 'output' successfully.",
      expect.stringContaining("Invalid format 'nonsense'"),
    ]);
    expect(report.log('Show')).toContain('[1]\n');
  });

  test('cannot set NODE_OPTIONS', async () => {
    const report = await runJob(`
- { name: Set, run: 'echo "NODE_OPTIONS=--inspect" >> "$GITHUB_ENV"; echo "OTHER=1" >> "$GITHUB_ENV"' }
- { name: Show, run: 'echo "[$NODE_OPTIONS] $OTHER"' }
`);
    expect(report.log('Show')).toContain('\n[] 1\n');
    expect(report.annotations('Set')[0]?.message).toContain("Can't store NODE_OPTIONS");
  });

  test('GITHUB_PATH puts folders in front, the last first, for later steps', async () => {
    const report = await runJob(`
- run: |
    mkdir -p one two; for d in one two; do printf '#!/bin/sh\\necho tool in %s\\n' $d > $d/tool; chmod +x $d/tool; done
    echo "$PWD/one" >> "$GITHUB_PATH"; echo "$PWD/two" >> "$GITHUB_PATH"
- { name: Two, run: 'tool; echo "$PWD/one" >> "$GITHUB_PATH"' }
- { name: One, run: tool }
- { name: Custom, shell: 'tool {0}', run: x }
`);
    expect(report.log('Two')).toContain('tool in two\n');
    expect(report.log('One')).toContain('tool in one\n');
    expect(report.log('Custom')).toContain('tool in one\n');
  });

  test('a summary of more than 1 MiB is dropped with an error, others are kept', async () => {
    const report = await runJob(`
- { name: Small, run: 'echo "# Fine" >> "$GITHUB_STEP_SUMMARY"' }
- { name: Large, run: 'head -c 1048577 /dev/zero | tr "\\0" x >> "$GITHUB_STEP_SUMMARY"' }
`);
    expect(report.summaries()).toEqual(['# Fine\n']);
    expect(report.result('Large')).toBe('success');
    expect(report.annotations('Large')[0]?.message).toContain('supports content up to a size of 1024k');
  });

  test('that grow beyond all measure fail the step instead of the runner', async () => {
    const report = await runJob(
      '- { name: Huge, run: \'(echo "A<<E"; head -c 70000000 /dev/zero | tr "\\0" x; echo; echo E) >> "$GITHUB_ENV"\' }\n',
    );
    expect(report.result('Huge')).toBe('failure');
    expect(report.annotations('Huge')[1]?.message).toContain('64 MiB are read at most');
  });

  test('a variable too large for the system fails the next step with what to do', async () => {
    const report = await runJob(`
- run: echo "BIG=$(head -c 3000000 /dev/zero | tr '\\0' x)" >> "$GITHUB_ENV"
- { name: Next, run: echo }
`);
    expect(report.annotations('Next')[0]?.message).toContain('Pass large values through files');
    expect(report.log('Next')).not.toMatch(/^\s+at /m);
  });
});
