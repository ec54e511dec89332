import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { createContainerSource } from '../packages/runner/src/docker/container-source.ts';
import { createServices } from '../packages/runner/src/services/create-services.ts';
import { prepareTestEngine, testImages } from './docker-images.ts';
import { type JobOptions, runJob, startJob } from './jobs/job-fixture.ts';

const engine = await prepareTestEngine();

beforeEach((ctx) => {
  if (engine.kind === 'skip') ctx.skip(engine.reason);
});

/** Tells this file's containers from those of files that run beside it. */
const trackingPrefix = `slipway_jobs${randomUUID().slice(0, 8)}`;

/** A runner that may use containers; `executor` is what serves services of jobs on the host. */
function withContainers(executor: 'auto' | 'docker' = 'auto', more: JobOptions = {}): JobOptions {
  const slipwayHome = mkdtempSync(join(tmpdir(), 'slipway-docker-home-'));
  onTestFinished(() => rmSync(slipwayHome, { recursive: true, force: true }));
  const containers = createContainerSource({ slipwayHome, offline: true });
  const services = createServices({ slipwayHome, containers, executor });
  return { ...more, runner: { containers, services, trackingPrefix, ...more.runner } };
}

/** What the engine has of these tests' jobs at the moment. */
async function left(): Promise<string> {
  if (engine.kind === 'skip') return '';
  const filter = ['--quiet', '--filter', `label=slipway.run=${trackingPrefix}`];
  const containers = await engine.client.run(['ps', '--all', ...filter]);
  return containers + (await engine.client.run(['network', 'ls', ...filter]));
}

const job = (body: string) => `jobs:\n  test:\n    runs-on: ubuntu-latest\n${body.replace(/^/gm, '    ')}`;

describe('a job with container:', () => {
  test('runs its scripts, environment files, paths and outputs inside', async () => {
    const report = await runJob(
      job(`
container:
  image: ${testImages.base}
  env: { FROM_CONTAINER: yes }
outputs: { pass: '\${{ steps.one.outputs.answer }}' }
steps:
  - id: one
    run: |
      test -f /etc/debian_version
      echo "shell: $0 workspace: $GITHUB_WORKSPACE temp: $RUNNER_TEMP home: $HOME event: $GITHUB_EVENT_PATH"
      echo answer=42 >> $GITHUB_OUTPUT
      echo LATER=$FROM_CONTAINER >> $GITHUB_ENV
      mkdir -p tools && printf '#!/bin/sh\\necho tool runs' > tools/tool && chmod +x tools/tool
      echo $PWD/tools >> $GITHUB_PATH
      echo "::error file=$GITHUB_WORKSPACE/src/a.ts,line=3::broken"
  - name: two
    shell: bash
    run: echo "$LATER $(tool) \${{ job.container.network }}"
  - name: three
    working-directory: tools
    run: pwd
`),
      withContainers(),
    );
    expect(report.log()).toMatch(
      /shell: .* workspace: \/__w\/app\/app temp: \/__w\/_temp home: \/github\/home/,
    );
    expect(report.log()).toContain('event: /github/workflow/event.json');
    expect(report.log('two')).toMatch(/yes tool runs slipway_\w+_1/);
    expect(report.log('three')).toContain('/__w/app/app/tools');
    expect(report.annotations()).toMatchObject([{ file: 'src/a.ts', line: 3 }]);
    expect(report.finished).toMatchObject({ conclusion: 'success', outputs: { pass: '42' } });
    expect(report.events[0]).toMatchObject({ executor: `docker: the job's container` });
    expect(await left()).toBe('');
  });

  test('uses sh where no shell is named, and the checkout and JavaScript actions work inside', async () => {
    const report = await runJob(
      job(`
container: ${testImages.base}
steps:
  - uses: actions/checkout@v4
  - uses: ./act
    with: { who: container }
  - name: shell
    run: test -z "$BASH_VERSION" && cat README.md
`),
      withContainers('auto', {
        files: {
          'act/action.yml':
            'name: a\ninputs: { who: { required: true } }\nruns: { using: node20, main: main.js }\n',
          'act/main.js':
            "const fs = require('node:fs'); console.log('hello', process.env.INPUT_WHO, fs.existsSync('/.dockerenv'), process.cwd());",
        },
      }),
    );
    expect(report.log()).toContain('hello container true /__w/app/app');
    expect(report.log('shell')).toContain('# A repository');
    expect(report.finished.conclusion).toBe('success');
  });

  test('runs fetched actions, JavaScript and scripts beside their action.yml', async () => {
    const report = await runJob(
      job(`
container: ${testImages.base}
steps:
  - uses: octo/script@v1
  - name: composite
    uses: octo/composite@v1
`),
      withContainers('auto', {
        remotes: {
          'octo/script': {
            'action.yml': 'name: a\nruns: { using: node20, main: dist/main.js }\n',
            'dist/main.js': "console.log('in', __dirname.replace(/commits.*dist/, '…'));",
          },
          'octo/composite': {
            'action.yml':
              'name: b\nruns:\n  using: composite\n  steps:\n  - shell: sh\n    run: sh "$GITHUB_ACTION_PATH/say.sh"\n  - shell: sh\n    run: sh ${{ github.action_path }}/say.sh\n',
            'say.sh': 'test -f /.dockerenv && echo said inside\n',
          },
        },
      }),
    );
    expect(report.log()).toContain('in /__a/octo/script/…');
    expect(report.log().match(/^said inside$/gm)).toHaveLength(2);
    expect(report.finished.conclusion).toBe('success');
  });

  test('reaches its services by their ids on the job’s network', async () => {
    const report = await runJob(
      job(`
container: ${testImages.base}
services:
  cache:
    image: ${testImages.redis}
    options: --health-cmd "redis-cli ping" --health-interval 1s --health-retries 30
steps:
  - name: ask
    run: redis-cli -h cache ping && echo "id \${{ job.services.cache.id }}"
`),
      withContainers(),
    );
    expect(report.log('ask')).toMatch(/PONG\s+id [0-9a-f]{64}/);
    expect(report.finished.conclusion).toBe('success');
    expect(await left()).toBe('');
  });

  test('may run as another user, who can write to the workspace and the environment files', async () => {
    const report = await runJob(
      job(`
container: { image: '${testImages.base}', options: --user 1234 }
steps:
  - id: one
    run: touch made && echo "user=$(id -u)" >> $GITHUB_OUTPUT
  - name: two
    run: echo "it was \${{ steps.one.outputs.user }}"
`),
      withContainers(),
    );
    expect(report.log('two')).toContain('it was 1234');
    expect(report.finished.conclusion).toBe('success');
  });

  test('an image that can’t be had fails the job with its name, and leaves nothing', async () => {
    const report = await runJob(
      job('container: slipway-test/no-such-image:1\nsteps:\n  - run: echo never'),
      withContainers(),
    );
    expect(report.finished.conclusion).toBe('failure');
    expect(report.finished.reason).toContain("The image slipway-test/no-such-image:1 can't be had");
    expect(report.log()).not.toContain('never');
    expect(await left()).toBe('');
  });

  test('without leave to use containers the job fails and says how to get it', async () => {
    const report = await runJob(job('container: debian:12\nsteps:\n  - run: echo never'));
    expect(report.finished.reason).toMatch(/runs in the container 'debian:12'.*--executor auto/);
  });

  test('cancelling ends the step inside and leaves no container', async () => {
    const { execution, report, shown } = startJob(
      job(`
container: ${testImages.base}
steps:
  - name: long
    run: trap 'echo interrupted; exit 1' INT; echo started; while true; do sleep 0.1; done
  - name: after
    if: always()
    run: echo still here
`),
      withContainers(),
    );
    await shown(/^started$/m);
    execution.cancel('enough');
    const { finished, log } = await report;
    expect(finished.conclusion).toBe('cancelled');
    expect(log('long')).toContain('interrupted');
    expect(log('after')).toContain('still here');
    expect(await left()).toBe('');
  });
});

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
