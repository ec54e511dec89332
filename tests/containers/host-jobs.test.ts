import { describe, expect, test } from 'vitest';
import { runJob } from '../jobs/job-fixture.ts';
import { needEngine } from './engine.ts';
import { job, left, withContainers } from './job-with-containers.ts';
import { testImages } from './test-engine.ts';

needEngine();

test('the image that stands for a label holds the job, with bash as on the host', async () => {
  const report = await runJob(
    '- name: where\n  run: test -f /.dockerenv && echo "in $BASH_VERSION"',
    withContainers('auto', { runner: { containerImage: () => testImages.base } }),
  );
  expect(report.log('where')).toMatch(/in 5\./);
  expect(report.events[0]).toMatchObject({ executor: `docker: ${testImages.base} stands for ubuntu-latest` });
});

describe('a job on the host', () => {
  test('may have its services in containers, by their published ports', async () => {
    const report = await runJob(
      job(`
services:
  cache:
    image: ${testImages.redis}
    ports: ['6379']
steps:
  - name: ask
    run: |
      exec 3<>/dev/tcp/127.0.0.1/\${{ job.services.cache.ports['6379'] }}
      printf 'PING\\r\\n' >&3 && head -1 <&3
`),
      withContainers('docker'),
    );
    expect(report.log('ask')).toContain('+PONG');
    expect(report.finished.conclusion).toBe('success');
    expect(await left()).toBe('');
  });

  test('docker:// steps get entrypoint, arguments, environment files and the workspace', async () => {
    const report = await runJob(
      `
- run: echo from the host > file
- id: image
  uses: docker://${testImages.base}
  env: { GREETING: hello }
  with:
    entrypoint: /bin/sh
    args: -c "cat file; echo $GREETING $HOME; echo word=inside >> $GITHUB_OUTPUT; echo SET=there >> $GITHUB_ENV"
- name: after
  run: echo "\${{ steps.image.outputs.word }} $SET"
`.trim(),
      withContainers(),
    );
    expect(report.log()).toContain('from the host\nhello /github/home\n');
    expect(report.log('after')).toContain('inside there');
    expect(report.finished.conclusion).toBe('success');
    expect(await left()).toBe('');
  });

  test('a Dockerfile action is built once and has its inputs, args, env, pre and post entry points', async () => {
    const manifest = `
name: built
inputs: { who: { default: world } }
runs:
  using: docker
  image: Dockerfile
  args: ['\${{ inputs.who }}', two words]
  env: { OWN: value }
  entrypoint: /main.sh
  post-entrypoint: /post.sh
`;
    const report = await runJob(
      `
- uses: actions/checkout@v4
- name: act
  uses: ./act
- name: again
  uses: ./act
  with: { who: again }
`.trim(),
      withContainers('auto', {
        files: {
          'act/action.yml': manifest,
          'act/Dockerfile': `FROM ${testImages.base}\nCOPY main.sh post.sh /\nRUN chmod +x /main.sh /post.sh\n`,
          'act/main.sh':
            '#!/bin/sh\necho "main: $1|$2|$INPUT_WHO|$OWN|$GITHUB_WORKSPACE"\necho "kept=$1" >> $GITHUB_STATE\n',
          'act/post.sh': '#!/bin/sh\necho "post: $STATE_kept"\n',
        },
      }),
    );
    expect(report.log('act')).toContain('main: world|two words|world|value|/github/workspace');
    expect(report.log('again')).toContain('main: again|two words|again');
    expect(report.log('again')).not.toContain('Step 1/');
    expect(report.steps()).toEqual([expect.anything(), 'act', 'again', 'Post again', 'Post act']);
    expect(report.log('Post act')).toContain('post: world');
    expect(report.finished.conclusion).toBe('success');
    expect(await left()).toBe('');
  });

  test('a container that fails fails its step with the exit code', async () => {
    const report = await runJob(
      `
- name: fails
  uses: docker://${testImages.base}
  with: { entrypoint: /bin/false }
`.trim(),
      withContainers(),
    );
    expect(report.result('fails')).toBe('failure');
    expect(report.finished.conclusion).toBe('failure');
  });
});
