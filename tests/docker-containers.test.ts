import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import {
  actionPaths,
  buildActionImage,
  runActionContainer,
  untagImage,
} from '../packages/runner/src/docker/action-container.ts';
import { ensureImage } from '../packages/runner/src/docker/image.ts';
import { startJobContainer } from '../packages/runner/src/docker/job-container.ts';
import { createOutputPipes } from '../packages/runner/src/processes/output-pipes.ts';
import type { Executor } from '../packages/runner/src/steps/executor.ts';
import { prepareTestEngine, testImages } from './docker-images.ts';

const engine = await prepareTestEngine();
const never = new AbortController().signal;
let jobs = 0;

/** A job's folders on the host and what its containers need. */
function newJob() {
  if (engine.kind === 'skip') throw new Error(engine.reason);
  jobs += 1;
  const root = mkdtempSync(join(tmpdir(), 'slipway-container-'));
  const folders = {
    root,
    workspace: join(root, 'app', 'app'),
    temp: join(root, '_temp'),
    toolCache: join(root, '..', `${root.split('/').at(-1)}-tools`),
    fetchedActions: join(root, '_fetched'),
  };
  for (const folder of [folders.workspace, folders.temp, join(root, '_pipes')])
    mkdirSync(folder, { recursive: true });
  onTestFinished(() => {
    rmSync(root, { recursive: true, force: true });
    rmSync(folders.toolCache, { recursive: true, force: true });
  });
  return {
    client: engine.client,
    trackingId: `slipway_${process.pid}container_${jobs}`,
    folders,
    pipes: createOutputPipes(join(root, '_pipes')),
    log: () => undefined,
    signal: never,
  };
}

async function startContainer(
  job: ReturnType<typeof newJob>,
  env: Record<string, string> = {},
  options = '',
) {
  const request = { image: testImages.base, env, ports: [], volumes: [], options };
  const container = await startJobContainer(request, job);
  onTestFinished(() => container.stop());
  return container;
}

/** Collects what a process prints. */
function output() {
  const chunks: Buffer[] = [];
  return {
    sink: { write: (chunk: Buffer) => void chunks.push(chunk), end: () => undefined },
    text: () => Buffer.concat(chunks).toString(),
  };
}

async function sh(
  executor: Executor,
  script: string,
  more: { env?: Record<string, string>; directory: string; cancel?: AbortSignal; kill?: AbortSignal },
) {
  const printed = output();
  const { exitCode } = await executor.run({
    file: '/bin/sh',
    args: ['-c', script],
    directory: more.directory,
    env: { ...executor.baseEnv, ...more.env },
    stdout: printed.sink,
    stderr: printed.sink,
    cancel: more.cancel ?? never,
    kill: more.kill ?? never,
  });
  return { exitCode, text: printed.text() };
}

beforeEach((ctx) => {
  if (engine.kind === 'skip') ctx.skip(engine.reason);
});

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

describe('an action’s container', () => {
  const runAction = async (
    job: ReturnType<typeof newJob>,
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

function hasStarted(job: ReturnType<typeof newJob>): boolean {
  try {
    readFileSync(join(job.folders.workspace, 'started'));
    return true;
  } catch {
    return false;
  }
}

/** Ids of what the engine still has of a job. */
async function leftOf({ client, trackingId }: ReturnType<typeof newJob>): Promise<string> {
  const filter = ['--quiet', '--filter', `label=slipway.tracking-id=${trackingId}`];
  const containers = await client.run(['ps', '--all', ...filter]);
  return containers + (await client.run(['network', 'ls', ...filter]));
}
