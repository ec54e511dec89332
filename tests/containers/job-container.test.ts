import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ensureImage } from '../../packages/runner/src/docker/image.ts';
import { hasStarted, leftOf, never, newJob, output, sh, startContainer } from './container-fixture.ts';
import { needEngine } from './engine.ts';

needEngine();

describe('a job’s container', () => {
  test('runs steps in the job’s folders, with paths as on GitHub', async () => {
    const job = newJob();
    writeFileSync(join(job.folders.workspace, 'hello'), 'from the host');
    const { executor } = await startContainer(job, { FROM_JOB: 'yes' });
    expect(executor.toStepPath(job.folders.workspace)).toBe('/__w/app/app');
    expect(executor.toHostPath('/__w/app/app/hello')).toBe(join(job.folders.workspace, 'hello'));
    expect(executor.toStepPath(join(job.folders.temp, '_github_workflow', 'event.json'))).toBe(
      '/github/workflow/event.json',
    );
    const result = await sh(executor, 'pwd; cat hello; echo; echo $FROM_JOB $HOME $OUT; echo back > made', {
      directory: job.folders.workspace,
      env: { OUT: join(job.folders.temp, 'out') },
    });
    expect(result).toEqual({
      exitCode: 0,
      text: '/__w/app/app\nfrom the host\nyes /github/home /__w/_temp/out\n',
    });
    expect(readFileSync(join(job.folders.workspace, 'made'), 'utf8')).toBe('back\n');
  });

  test('passes values with newlines and quotes, and none that its client would obey', async () => {
    const job = newJob();
    const { executor } = await startContainer(job);
    const value = `two\nlines 'and' "quotes" $HOME`;
    const result = await sh(executor, 'printf %s "$VALUE"; echo; echo $DOCKER_HOST', {
      directory: job.folders.workspace,
      env: { VALUE: value, DOCKER_HOST: 'tcp://nowhere:1', LD_PRELOAD: '' },
    });
    expect(result).toEqual({ exitCode: 0, text: `${value}\ntcp://nowhere:1\n` });
  });

  test('passes variables whose names are none for a shell, as the inputs of actions have them', async () => {
    const job = newJob();
    const { executor } = await startContainer(job);
    const printed = output();
    await executor.run({
      ...{ file: executor.node, args: ['-p', 'process.env["INPUT_FETCH-DEPTH"]'], directory: '/' },
      env: { ...executor.baseEnv, 'INPUT_FETCH-DEPTH': '7' },
      ...{ stdout: printed.sink, stderr: printed.sink, cancel: never, kill: never },
    });
    expect(printed.text()).toBe('7\n');
  });

  test('tells the exit code, and a missing working directory', async () => {
    const job = newJob();
    const { executor } = await startContainer(job);
    expect((await sh(executor, 'exit 7', { directory: '/' })).exitCode).toBe(7);
    const missing = await sh(executor, 'true', { directory: '/no/such/folder' });
    expect(missing.exitCode).not.toBe(0);
    expect(missing.text).toContain('/no/such/folder');
  });

  test('finds the shells of the image and what a step has installed since', async () => {
    const job = newJob();
    const { executor } = await startContainer(job);
    const path = executor.baseEnv.PATH ?? '/usr/local/bin:/usr/bin:/bin';
    expect(executor.findProgram('bash', path)).toBe('bash');
    expect(executor.findProgram('zsh', path)).toBeUndefined();
    await sh(executor, 'ln -s /bin/sh /usr/local/bin/zsh', { directory: '/' });
    expect(executor.findProgram('zsh', '/usr/local/bin:/usr/bin:/bin')).toBe('zsh');
  });

  test('runs Slipway’s own Node where the image’s libraries allow it', async () => {
    const job = newJob();
    const { executor } = await startContainer(job);
    const result = await sh(executor, `${executor.node} -p process.version`, { directory: '/' });
    expect(result.text.trim()).toBe(process.version);
  });

  test('an interrupted step gets SIGINT inside the container and can clean up', async () => {
    const job = newJob();
    const { executor } = await startContainer(job);
    const cancel = new AbortController();
    const running = sh(
      executor,
      'trap "echo cleaned; exit 3" INT; touch started; while true; do sleep 0.1; done',
      {
        directory: job.folders.workspace,
        cancel: cancel.signal,
      },
    );
    await expect.poll(() => hasStarted(job), { timeout: 20_000 }).toBe(true);
    cancel.abort();
    expect(await running).toMatchObject({ exitCode: 3, text: expect.stringContaining('cleaned') });
  });

  test('a killed step is gone from the container with its children', async () => {
    const job = newJob();
    const { executor } = await startContainer(job);
    const kill = new AbortController();
    const running = sh(executor, 'trap "" INT TERM; sleep 601 & touch started; wait', {
      directory: job.folders.workspace,
      kill: kill.signal,
    });
    await expect.poll(() => hasStarted(job), { timeout: 20_000 }).toBe(true);
    kill.abort();
    await running;
    const left = await sh(executor, 'cat /proc/[0-9]*/cmdline | tr "\\0" " "', { directory: '/' });
    expect(left.text).not.toContain('sleep 601');
  });

  test('when it is stopped, neither container nor network is left', async () => {
    const job = newJob();
    const container = await startContainer(job);
    expect(container.network).toBe(job.trackingId);
    await container.stop();
    expect(await leftOf(job)).toEqual('');
  });

  test('an image that can’t run steps is an error that shows why, and leaves nothing', async () => {
    const job = newJob();
    const failing = startContainer(job, {}, '--user no-such-user');
    await expect(failing).rejects.toThrow(/no-such-user/);
    expect(await leftOf(job)).toEqual('');
  });
});

test('an image that is not here and can’t be fetched is named', async () => {
  const job = newJob();
  const request = { image: 'slipway-test/no-such-image:1', log: job.log, signal: never };
  await expect(ensureImage(job.client, { ...request, offline: true })).rejects.toThrow(
    "The image slipway-test/no-such-image:1 can't be had: it is not on this machine, and --offline forbids to fetch it",
  );
});
