import { describe, expect, test } from 'vitest';
import { runJob, startJob } from '../jobs/job-fixture.ts';
import { needEngine } from './engine.ts';
import { job, left, withContainers } from './job-with-containers.ts';
import { testImages } from './test-engine.ts';

needEngine();

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
