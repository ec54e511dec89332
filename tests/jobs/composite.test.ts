import { describe, expect, test } from 'vitest';
import { runJob } from './job-fixture.ts';

const checkout = '- uses: actions/checkout@v4\n';
const composite = (body: string) => `name: c\n${body}`;

describe('composite actions', () => {
  test('have inputs, steps and outputs of their own, nested ones too', async () => {
    const report = await runJob(
      `${checkout}
- id: same
  run: echo "v=outer" >> "$GITHUB_OUTPUT"
- id: used
  name: Use
  uses: ./outer
  with: { who: Ada }
- name: Show
  run: echo "[\${{ steps.used.outputs.greeting }}] [\${{ steps.same.outputs.v }}] [\${{ steps.inside.outputs.v }}]"
`,
      {
        files: {
          'outer/action.yml': composite(`
inputs: { who: {}, mark: { default: '!' } }
outputs:
  greeting: { value: "\${{ steps.same.outputs.greeting }}\${{ inputs.mark }}" }
runs:
  using: composite
  steps:
    - id: same
      uses: ./inner
      with: { name: "\${{ inputs.who }}" }
`),
          'inner/action.yml': composite(`
inputs: { name: { required: true } }
outputs: { greeting: { value: "\${{ steps.inside.outputs.v }}" } }
runs:
  using: composite
  steps:
    - id: inside
      shell: bash
      run: |
        echo "v=Hello \${{ inputs.name }}" >> "$GITHUB_OUTPUT"
        echo "path: $(basename "$GITHUB_ACTION_PATH") \${{ github.action_path }}"
`),
        },
      },
    );
    expect(report.log('Show')).toContain('[Hello Ada!] [outer] []\n');
    expect(report.log('Use')).toMatch(/path: inner \/.*\/inner\n/);
    expect(report.steps()).toHaveLength(4);
  });

  test('success() and failure() read the own status of the action', async () => {
    const report = await runJob(
      `${checkout}
- { name: Before, run: exit 1 }
- { name: Use, uses: ./c, if: always() }
`,
      {
        files: {
          'c/action.yml': composite(`
runs:
  using: composite
  steps:
    - { shell: bash, run: echo "runs though the job has failed" }
    - { shell: bash, run: echo "own failure is not the job's", if: failure() }
    - { shell: bash, run: exit 4 }
    - { shell: bash, run: echo "skipped after the failure" }
    - { shell: bash, run: echo "failure seen", if: failure() }
`),
        },
      },
    );
    const lines = report.log('Use').split('\n');
    expect(lines).toContain('runs though the job has failed');
    expect(lines).not.toContain("own failure is not the job's");
    expect(lines).not.toContain('skipped after the failure');
    expect(lines).toContain('failure seen');
    expect(report.result('Use')).toBe('failure');
  });

  test('continue-on-error of a step keeps the action going, and is seen in outcome and conclusion', async () => {
    const report = await runJob(`${checkout}- { name: Use, uses: ./c }\n`, {
      files: {
        'c/action.yml': composite(`
runs:
  using: composite
  steps:
    - { id: bad, shell: bash, run: exit 1, continue-on-error: true }
    - { shell: bash, run: "echo \${{ steps.bad.outcome }} \${{ steps.bad.conclusion }}" }
`),
      },
    });
    expect(report.log('Use')).toContain('\nfailure success\n');
    expect(report.result('Use')).toBe('success');
  });

  test("the job's defaults don't reach into them; env of the using step and GITHUB_ENV do", async () => {
    const report = await runJob(
      `jobs:
  test:
    runs-on: ubuntu-latest
    defaults: { run: { working-directory: sub } }
    env: { LEVEL: job, JOB: job }
    steps:
      - uses: actions/checkout@v4
      - { name: Outside, run: pwd }
      - { name: Use, uses: ./c, env: { LEVEL: step } }
      - { name: After, run: 'echo "level $LEVEL set $SET"' }
`,
      {
        files: {
          'sub/file': '',
          'c/action.yml': composite(`
runs:
  using: composite
  steps:
    - { shell: bash, run: 'echo "in $(basename "$PWD"), level $LEVEL, job $JOB"; echo "SET=1" >> "$GITHUB_ENV"; echo "LEVEL=file" >> "$GITHUB_ENV"' }
    - { shell: bash, run: 'echo "level $LEVEL, set $SET"' }
    - { shell: bash, env: { LEVEL: inner }, run: 'echo "level $LEVEL"' }
`),
        },
      },
    );
    expect(report.log('Outside')).toMatch(/\/app\/sub\n/);
    expect(report.log('Use')).toContain('in app, level step, job job\n');
    expect(report.log('Use')).toContain('\nlevel step, set 1\n');
    expect(report.log('Use')).toContain('\nlevel inner\n');
    expect(report.log('After')).toContain('level file set 1\n');
  });

  test('posts of the actions inside run when the post of the composite is due, last in, first out', async () => {
    const action = (name: string) => ({
      [`${name}/action.yml`]: 'name: x\nruns: { using: node20, main: main.cjs, post: post.cjs }\n',
      [`${name}/main.cjs`]: `require('node:fs').appendFileSync(process.env.GITHUB_STATE, 'me=${name}');`,
      [`${name}/post.cjs`]: `console.log('post of ' + process.env.STATE_me);`,
    });
    const report = await runJob(`${checkout}- { name: Use, uses: ./c }\n- { name: Z, uses: ./z }\n`, {
      files: {
        ...action('a'),
        ...action('b'),
        ...action('z'),
        'c/action.yml': composite(`
runs:
  using: composite
  steps:
    - uses: ./a
    - { uses: ./a, if: false }
    - uses: ./b
`),
      },
    });
    expect(report.steps().slice(1)).toEqual(['Use', 'Z', 'Post Z', 'Post Use']);
    expect(report.log('Post Use').match(/post of \w/g)).toEqual(['post of b', 'post of a']);
  });

  test('an action that uses itself ends with a clear failure', async () => {
    const report = await runJob(`${checkout}- { name: Use, uses: ./c }\n`, {
      files: { 'c/action.yml': composite('runs: { using: composite, steps: [{ uses: ./c }] }\n') },
    });
    expect(report.result('Use')).toBe('failure');
    expect(report.annotations('Use')[0]?.message).toContain('more than 10 deep');
  });

  test('secrets reach them only as inputs', async () => {
    const report = await runJob(`${checkout}- { name: Use, uses: ./c }\n`, {
      secrets: { KEY: 'value-of-key' },
      files: {
        'c/action.yml': composite(
          'runs: { using: composite, steps: [{ shell: bash, run: "echo ${{ secrets.KEY }}" }] }\n',
        ),
      },
    });
    expect(report.result('Use')).toBe('failure');
  });
});
