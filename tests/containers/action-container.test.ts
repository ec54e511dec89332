import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import {
  actionPaths,
  buildActionImage,
  runActionContainer,
  untagImage,
} from '../../packages/runner/src/docker/action-container.ts';
import { type ContainerJob, hasStarted, leftOf, never, newJob, output } from './container-fixture.ts';
import { needEngine } from './engine.ts';
import { testImages } from './test-engine.ts';

needEngine();

describe('an action’s container', () => {
  const runAction = async (
    job: ContainerJob,
    more: {
      image?: string;
      entrypoint?: string;
      args?: string[];
      env?: Record<string, string>;
      cancel?: AbortSignal;
    },
  ) => {
    const printed = output();
    const result = await runActionContainer(job.client, {
      ...{ image: testImages.base, args: [], env: {}, cancel: never, ...more },
      ...{ folders: job.folders, trackingId: job.trackingId, pipes: job.pipes, kill: never },
      ...{ stdout: printed.sink, stderr: printed.sink },
    });
    return { ...result, text: printed.text() };
  };

  test('has entrypoint, arguments, environment and the workspace as on GitHub', async () => {
    const job = newJob();
    const result = await runAction(job, {
      entrypoint: '/bin/sh',
      args: ['-c', 'pwd; echo "$INPUT_NAME|$1|$GITHUB_OUTPUT|$HOME"; echo made > file', 'sh', 'two words'],
      env: {
        INPUT_NAME: 'value',
        GITHUB_OUTPUT: join(job.folders.temp, '_runner_file_commands', 'set_output_1'),
        PATH: '/host/only',
      },
    });
    expect(result).toEqual({
      exitCode: 0,
      text: '/github/workspace\nvalue|two words|/github/file_commands/set_output_1|/github/home\n',
    });
    expect(readFileSync(join(job.folders.workspace, 'file'), 'utf8')).toBe('made\n');
    expect(actionPaths(job.folders).toHost('/github/workspace/file')).toBe(
      join(job.folders.workspace, 'file'),
    );
    expect(await leftOf(job)).toBe('');
  });

  test('is built from its Dockerfile, and a build that fails is an error', async () => {
    const job = newJob();
    const dockerfile = join(job.folders.workspace, 'Dockerfile');
    const printed = output();
    const build = () =>
      buildActionImage(job.client, {
        ...{ dockerfile, trackingId: job.trackingId, pipes: job.pipes, cancel: never, kill: never },
        ...{ stdout: printed.sink, stderr: printed.sink },
      });
    writeFileSync(dockerfile, `FROM ${testImages.base}\nENTRYPOINT ["echo", "built"]\n`);
    const image = await build();
    onTestFinished(() => untagImage(job.client, image));
    expect(await runAction(job, { image, args: ['with', 'args'] })).toEqual({
      exitCode: 0,
      text: 'built with args\n',
    });
    writeFileSync(dockerfile, `FROM ${testImages.base}\nRUN echo ${job.trackingId} breaks && exit 4\n`);
    await expect(build()).rejects.toThrow(/Dockerfile can't be built/);
    const commands = await job.client.run(['ps', '--all', '--no-trunc', '--format', '{{.Command}}']);
    expect(commands).not.toContain(job.trackingId);
    expect(printed.text()).toContain(`${job.trackingId} breaks`);
  });

  test('ends when it is cancelled, and leaves nothing', async () => {
    const job = newJob();
    const cancel = new AbortController();
    const running = runAction(job, {
      entrypoint: '/bin/sh',
      args: ['-c', 'trap "echo stopped; exit 9" INT; touch started; while true; do sleep 0.1; done'],
      cancel: cancel.signal,
    });
    await expect.poll(() => hasStarted(job), { timeout: 20_000 }).toBe(true);
    cancel.abort();
    expect((await running).text).toContain('stopped');
    expect(await leftOf(job)).toBe('');
  });
});
