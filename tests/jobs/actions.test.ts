import { describe, expect, test } from 'vitest';
import { runJob } from './job-fixture.ts';

const core = JSON.stringify(import.meta.resolve('@actions/core').replace('file://', ''));

/** An action that says which of its stages runs; `stages` adds pre and post. */
function tracer(
  name: string,
  stages: { post?: boolean; postIf?: string } = { post: true },
): Record<string, string> {
  return {
    [`${name}/action.yml`]: [
      `name: ${name}`,
      'inputs:',
      '  who: { default: nobody }',
      'outputs: { said: { description: x } }',
      'runs:',
      '  using: node20',
      '  main: main.cjs',
      ...(stages.post === true ? ['  post: post.cjs'] : []),
      ...(stages.postIf === undefined ? [] : [`  post-if: ${stages.postIf}`]),
    ].join('\n'),
    [`${name}/main.cjs`]: `
const { appendFileSync } = require('node:fs');
console.log('main ${name} for ' + process.env.INPUT_WHO);
appendFileSync(process.env.GITHUB_STATE, 'token=from ${name} ' + process.env.INPUT_WHO + '\\n');
appendFileSync(process.env.GITHUB_OUTPUT, 'said=${name} ' + process.env.INPUT_WHO + '\\n');
`,
    [`${name}/post.cjs`]: `console.log('post ${name}, state: ' + process.env.STATE_token);`,
  };
}

const checkout = '- uses: actions/checkout@v4\n';

describe('actions', () => {
  test('checkout of the own repository is the working tree', async () => {
    const report = await runJob(`${checkout}- name: Show\n  run: cat README.md; git status --short\n`);
    expect(report.finished.conclusion).toBe('success');
    expect(report.log('Show')).toContain('# A repository\n');
  });

  test('a JavaScript action gets its inputs, hands on state to its post, and sets outputs', async () => {
    const report = await runJob(
      `${checkout}
- id: one
  name: One
  uses: ./one
  with: { who: Ada }
- name: Show
  run: echo "got \${{ steps.one.outputs.said }}"
`,
      { files: tracer('one') },
    );
    expect(report.log('One')).toContain('main one for Ada\n');
    expect(report.log('Show')).toContain('got one Ada\n');
    expect(report.log('Post One')).toContain('post one, state: from one Ada\n');
    expect(report.steps()).toEqual(['Run actions/checkout@v4', 'One', 'Show', 'Post One']);
  });

  test('posts run last in, first out, once each, and only of steps that started', async () => {
    const report = await runJob(
      `${checkout}
- { name: A, uses: ./one }
- { name: B, uses: ./two }
- { name: C, uses: ./one, if: false }
- { name: Fail, run: exit 1 }
- { name: D, uses: ./one }
`,
      { files: { ...tracer('one'), ...tracer('two') } },
    );
    expect(report.steps().slice(1)).toEqual(['A', 'B', 'C', 'Fail', 'D', 'Post B', 'Post A']);
    expect(report.finished.conclusion).toBe('failure');
  });

  test('post-if is tested when the post is due', async () => {
    const files = { ...tracer('happy', { post: true, postIf: 'success()' }), ...tracer('any') };
    const report = await runJob(
      `${checkout}- { name: Happy, uses: ./happy }\n- { name: Any, uses: ./any }\n- run: exit 3\n`,
      {
        files,
      },
    );
    expect([report.result('Post Happy'), report.result('Post Any')]).toEqual(['skipped', 'success']);
  });

  test('a local action is looked up when its step starts, never for a skipped step', async () => {
    const report = await runJob(`
- { name: Skipped, uses: ./missing, if: false }
- { name: Missing, uses: ./missing }
`);
    expect([report.result('Skipped'), report.result('Missing')]).toEqual(['skipped', 'failure']);
    expect(report.annotations('Missing')[0]?.message).toContain('actions/checkout');
  });

  test('inputs that the action does not know are warned of', async () => {
    const report = await runJob(`${checkout}- { name: One, uses: ./one, with: { what: x } }\n`, {
      files: tracer('one'),
    });
    expect(report.annotations('One')[0]).toMatchObject({
      level: 'warning',
      message: "Unexpected input(s) 'what', valid inputs are ['who']",
    });
  });

  test('an action with a script that is missing fails with its path, without a stack trace', async () => {
    const report = await runJob(`${checkout}- { name: One, uses: ./one }\n`, {
      files: { 'one/action.yml': 'name: x\nruns:\n  using: node24\n  main: dist/index.js\n' },
    });
    expect(report.annotations('One')[0]?.message).toMatch(/dist\/index.js' does not exist. Use a ref/);
    expect(report.log('One')).not.toMatch(/^\s+at /m);
  });

  test('an action that runs in a container fails with what to do', async () => {
    const report = await runJob('- { name: D, uses: "docker://alpine:3" }\n');
    expect(report.annotations('D')[0]?.message).toContain('on the host only');
  });

  test('@actions/core works: inputs, outputs, variables, path, state, masks, summary, annotations', async () => {
    const report = await runJob(
      `${checkout}
- id: core
  name: Core
  uses: ./core
  with: { who: Ada, flag: 'true', list: "a\\nb" }
- name: Show
  run: echo "$FROM_CORE \${{ steps.core.outputs.result }} \${{ steps.core.outputs.multi }} $PATH"
`,
      {
        files: {
          'core/action.yml':
            'name: core\ninputs: { who: {}, flag: {}, list: {} }\nruns:\n  using: node24\n  main: main.mjs\n  post: main.mjs\n',
          'core/main.mjs': `
import * as core from ${core};
if (core.getState('main')) {
  core.info('post with ' + core.getState('main'));
} else {
  core.saveState('main', 'a=1\\nb');
  core.setOutput('result', core.getInput('who') + core.getBooleanInput('flag') + core.getMultilineInput('list').join('+'));
  core.setOutput('multi', 'x\\ny');
  core.exportVariable('FROM_CORE', 'exported');
  core.addPath('/opt/from-core');
  core.setSecret('hush-hush');
  core.info('it is hush-hush');
  core.warning('careful', { title: 'T', file: 'a.ts', startLine: 4 });
  core.startGroup('G'); core.endGroup();
  await core.summary.addHeading('Results').write();
  core.debug('not seen');
  core.setFailed('core failed');
}
`,
        },
      },
    );
    expect(report.result('Core')).toBe('failure');
    expect(report.log('Core')).toContain('it is ***\n');
    expect(report.annotations('Core')).toEqual([
      { level: 'warning', message: 'careful', title: 'T', file: 'a.ts', line: 4 },
      { level: 'error', message: 'core failed' },
    ]);
    expect(report.summaries()).toEqual(['<h1>Results</h1>\n']);
    expect(report.log('Post Core')).toContain('post with a=1\nb\n');
  });

  test('ACTIONS_RUNTIME_* and the like reach JavaScript actions, never run steps', async () => {
    const show = 'console.log("results at " + process.env.ACTIONS_RESULTS_URL);';
    const report = await runJob(
      `${checkout}- { name: Js, uses: ./js }\n- { name: Run, run: 'echo "results at [$ACTIONS_RESULTS_URL]"' }\n`,
      {
        files: {
          'js/action.yml': 'name: js\nruns: { using: node20, main: main.cjs }\n',
          'js/main.cjs': show,
        },
        runner: { actionsRuntime: async () => ({ ACTIONS_RESULTS_URL: 'http://127.0.0.1:1/' }) },
      },
    );
    expect(report.log('Js')).toContain('results at http://127.0.0.1:1/\n');
    expect(report.log('Run')).toContain('results at []\n');
  });
});
