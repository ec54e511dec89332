import { describe, expect, test } from 'vitest';
import { runJob, startJob } from './job-fixture.ts';

const say = (text: string) => `console.log(${JSON.stringify(text)} + ' ' + (process.env.STATE_from ?? ''));`;

/** A JavaScript action with all three stages. */
function staged(name: string, runs = ''): Record<string, string> {
  return {
    'action.yml': `name: ${name}\nruns:\n  using: node24\n  pre: pre.cjs\n  main: main.cjs\n  post: post.cjs\n${runs}`,
    'pre.cjs': `${say(`pre ${name}`)} require('node:fs').appendFileSync(process.env.GITHUB_STATE, 'from=pre');`,
    'main.cjs': `${say(`main ${name}`)} console.log(process.env.GITHUB_ACTION_REPOSITORY + '@' + process.env.GITHUB_ACTION_REF);`,
    'post.cjs': say(`post ${name}`),
  };
}

describe('stages of remote actions', () => {
  test('all pres come first in the order of their steps, posts last in the opposite order', async () => {
    const report = await runJob(
      `
- { name: Script, run: echo }
- { name: A, uses: octo/a@v1 }
- { name: B, uses: octo/b@v1, if: false }
`,
      { remotes: { 'octo/a': staged('a'), 'octo/b': staged('b') } },
    );
    expect(report.steps()).toEqual(['Pre A', 'Pre B', 'Script', 'A', 'B', 'Post B', 'Post A']);
    expect(report.log('A')).toContain('main a pre\nocto/a@v1\n');
    expect(report.log('Post A')).toContain('post a pre\n');
    expect(report.result('B')).toBe('skipped');
  });

  test('pre-if and post-if are asked, and default to always()', async () => {
    const report = await runJob('- { name: A, uses: octo/a@v1 }\n- run: exit 1\n', {
      remotes: { 'octo/a': staged('a', '  pre-if: failure()\n  post-if: failure()\n') },
    });
    expect([report.result('Pre A'), report.result('A'), report.result('Post A')]).toEqual([
      'skipped',
      'success',
      'success',
    ]);
  });

  test('a local action has no pre, and says so', async () => {
    const files = Object.fromEntries(Object.entries(staged('l')).map(([path, text]) => [`l/${path}`, text]));
    const report = await runJob('- uses: actions/checkout@v4\n- { name: L, uses: ./l }\n', { files });
    expect(report.steps().slice(1)).toEqual(['L', 'Post L']);
    expect(report.annotations('L')[0]?.message).toContain(
      '`pre` execution is not supported for local action',
    );
  });

  test('pres and posts inside a composite action run as those of the composite, nested ones too', async () => {
    const report = await runJob('- { name: Use, uses: octo/outer@v1 }\n- { name: Z, uses: octo/z@v1 }\n', {
      remotes: {
        'octo/outer': {
          'action.yml':
            'name: o\nruns:\n  using: composite\n  steps:\n    - uses: octo/a@v1\n    - uses: $/inner\n    - { uses: octo/b@v1, if: false }\n',
          'inner/action.yml': 'name: i\nruns: { using: composite, steps: [{ uses: octo/b@v1 }] }\n',
        },
        'octo/a': staged('a'),
        'octo/b': staged('b'),
        'octo/z': staged('z'),
      },
    });
    expect(report.steps()).toEqual(['Pre Use', 'Pre Z', 'Use', 'Z', 'Post Z', 'Post Use']);
    expect(report.log('Pre Use').match(/pre [ab]/g)).toEqual(['pre a', 'pre b', 'pre b']);
    expect(report.log('Use').match(/main [ab] pre/g)).toEqual(['main a pre', 'main b pre']);
    // The pre of the one that was skipped has run, so its post does.
    expect(report.log('Post Use').match(/post [ab] pre/g)).toEqual([
      'post b pre',
      'post b pre',
      'post a pre',
    ]);
  });

  test('an action that does not exist fails the job before its first step', async () => {
    const report = await runJob('- { name: Never, run: echo }\n- uses: octo/gone@v1\n', { remotes: {} });
    expect(report.steps()).toEqual([]);
    expect(report.finished.conclusion).toBe('failure');
    expect(report.finished.reason).toContain('octo/gone');
    expect(report.annotations('Set up job')[0]?.message).toContain('octo/gone');
  });

  test('posts run when the job is cancelled', async () => {
    const job = startJob(
      '- { name: A, uses: octo/a@v1 }\n- { name: Sleep, run: "echo sleeping; sleep 300" }\n',
      {
        remotes: { 'octo/a': staged('a') },
      },
    );
    await job.shown(/^sleeping$/m);
    job.execution.cancel('x');
    const report = await job.report;
    expect(report.result('Post A')).toBe('success');
    expect(report.log('Post A')).toContain('post a pre');
    expect(report.finished.conclusion).toBe('cancelled');
  });
});
