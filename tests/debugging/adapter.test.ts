import { writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { describe, expect, onTestFinished, test } from 'vitest';
import { GitRepository } from '../git-repository.ts';
import { runSlipway } from '../slipway-process.ts';
import { action, attach, ci, configure, variablesOf, workflow } from './editor.ts';

describe('the debug adapter', { timeout: 120_000 }, () => {
  test('holds a job at a breakpoint on a line, shows contexts, evaluates, and steps', async () => {
    const attached = await attach({}, () => ['-s', 'TOKEN=hunter22']);
    const { client, stopped, result, file } = attached;
    const bound = await configure(attached, { lines: { [ci]: [10, 2] } });
    expect(bound).toMatchObject([{ verified: true, line: 9 }, { verified: false }]);
    const first = stopped();
    await client.configurationDoneRequest();
    const { reason, frames, threadId } = await first;
    expect(reason).toBe('breakpoint');
    expect(frames).toMatchObject([
      { name: '2: Run echo word=hello >> "$GITHUB_OUTPUT"', line: 9, source: { path: file(ci) } },
    ]);
    expect((await client.threadsRequest()).body.threads).toEqual([{ id: threadId, name: 'test' }]);
    const frameId = frames[0]?.id ?? 0;
    expect(await variablesOf(client, frameId, 'env')).toEqual({ FROM_JOB: 'job' });
    expect(await variablesOf(client, frameId, 'secrets')).toMatchObject({ TOKEN: '***' });
    const github = await client.evaluateRequest({ expression: 'github', frameId });
    expect(github.body.variablesReference).toBeGreaterThan(0);
    const hover = await client.evaluateRequest({
      expression: '${{ github.event_name }}',
      frameId,
      context: 'hover',
    });
    expect(hover.body.result).toBe('push');
    await expect(client.evaluateRequest({ expression: 'nonsense(', frameId })).rejects.toThrow();

    const second = stopped();
    await client.nextRequest({ threadId });
    const nested = await second;
    expect(nested.frames).toMatchObject([{ name: '3: Nested', line: 11 }]);
    const word = await client.evaluateRequest({
      expression: 'steps.make.outputs.word',
      frameId: nested.frames[0]?.id ?? 0,
    });
    expect(word.body.result).toBe('hello');

    const third = stopped();
    await client.stepInRequest({ threadId });
    const inner = await third;
    expect(inner.frames).toMatchObject([
      { name: '1: Inner', line: 6, source: { path: file(action) } },
      { name: '3: Nested', line: 11, source: { path: file(ci) } },
    ]);
    expect(await variablesOf(client, inner.frames[0]?.id ?? 0, 'inputs')).toEqual({ who: 'you' });
    expect(await variablesOf(client, inner.frames[1]?.id ?? 0, 'inputs')).toEqual({});

    const fourth = stopped();
    await client.stepOutRequest({ threadId });
    expect((await fourth).frames).toMatchObject([{ name: '4: Check' }]);
    const terminated = client.waitForEvent('terminated', 60_000);
    await client.continueRequest({ threadId });
    await terminated;
    expect((await result).status).toBe(1);
  });

  test('holds a job where a step has failed, and restarts the frame with what was edited', async () => {
    const attached = await attach();
    const { client, stopped, result, repository } = attached;
    await configure(attached, { failures: true });
    const failure = stopped();
    await client.configurationDoneRequest();
    const { reason, frames } = await failure;
    expect(reason).toBe('exception');
    expect(frames).toMatchObject([{ name: '4: Check' }]);
    repository.write('word.txt', 'good');
    const exited = client.waitForEvent('exited', 60_000);
    await client.restartFrameRequest({ frameId: frames[0]?.id ?? 0 });
    expect(((await exited) as DebugProtocol.ExitedEvent).body.exitCode).toBe(0);
    const { stdout, status } = await result;
    expect(stdout).toContain('Running the step again.');
    expect(status).toBe(0);
  });

  test('takes breakpoints in action files, and words that act in its console', async () => {
    const attached = await attach();
    const { client, stopped, result } = attached;
    expect(await configure(attached, { lines: { [action]: [9] }, failures: true })).toMatchObject([
      { line: 9 },
    ]);
    const held = stopped();
    await client.configurationDoneRequest();
    const { frames, threadId } = await held;
    expect(frames).toMatchObject([{ name: '2: Run echo second' }, { name: '3: Nested' }]);
    const failure = stopped();
    await client.continueRequest({ threadId });
    const { frames: failed } = await failure;
    const said = await client.evaluateRequest({
      expression: 'pass',
      context: 'repl',
      frameId: failed[0]?.id ?? 0,
    });
    expect(said.body.result).toBe('The step counts as succeeded.');
    expect((await result).status).toBe(0);
  });

  test('holds a running job at its next step when it is asked to pause', async () => {
    const attached = await attach(
      {
        [ci]: 'on: push\njobs:\n  test:\n    runs-on: ubuntu-latest\n    steps:\n      - run: echo begun; until test -f "$GO"; do sleep 0.1; done\n      - run: echo two\n',
      },
      ({ home }) => ['--env', `GO=${join(home, 'go')}`],
    );
    const { client, stopped, result, repository } = attached;
    await configure(attached, {});
    const begun = new Promise<void>((resolve) => {
      client.on('output', ({ body }: DebugProtocol.OutputEvent) => {
        if (/^begun$/m.test(body.output)) resolve();
      });
    });
    await client.configurationDoneRequest();
    await begun;
    const [thread] = (await client.threadsRequest()).body.threads;
    await client.pauseRequest({ threadId: thread?.id ?? 0 });
    const held = stopped();
    writeFileSync(join(repository.home, 'go'), '');
    expect((await held).frames).toMatchObject([{ name: '2: Run echo two' }]);
    await client.continueRequest({ threadId: thread?.id ?? 0 });
    expect((await result).status).toBe(0);
  });

  test('lets the jobs go on when the editor leaves, and the runs end when it says so', async () => {
    const leaving = await attach();
    await configure(leaving, { lines: { [ci]: [9] } });
    const held = leaving.stopped();
    await leaving.client.configurationDoneRequest();
    await held;
    await leaving.client.disconnectRequest({});
    expect((await leaving.result).status).toBe(1);

    const ending = await attach();
    await configure(ending, { lines: { [ci]: [9] } });
    const heldAgain = ending.stopped();
    await ending.client.configurationDoneRequest();
    await heldAgain;
    await ending.client.terminateRequest();
    expect((await ending.result).status).toBe(130);
  });

  test('Ctrl-C ends a run that waits for its editor', async () => {
    const { child, result } = await attach();
    child.kill('SIGINT');
    const { status, stdout } = await result;
    expect(status).toBe(130);
    expect(stdout).toContain('── Check (skipped)');
  });

  test('what speaks HTTP, as a page in a browser would, is turned away', async () => {
    const { port, child } = await attach();
    const socket = connect(port, '127.0.0.1');
    const body = JSON.stringify({ seq: 1, type: 'request', command: 'terminate' });
    socket.on('error', () => {});
    socket.write(`POST / HTTP/1.1\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
    await new Promise((resolve) => socket.on('close', resolve));
    expect(child.exitCode).toBeNull();
  });

  test.each([
    ['http', "--debug-port 'http' is no port"],
    ['65536', "--debug-port '65536' is no port"],
  ])('%s is refused as a port', async (port, message) => {
    const repository = new GitRepository({ [ci]: workflow });
    onTestFinished(() => repository.remove());
    const options = { cwd: repository.path, env: { SLIPWAY_HOME: repository.home } };
    const { status, stderr } = await runSlipway(['run', '--debug-port', port], options);
    expect(stderr).toContain(message);
    expect(status).toBe(2);
  });

  test('a port that is taken is said before anything runs', async () => {
    const { port, repository } = await attach();
    const options = { cwd: repository.path, env: { SLIPWAY_HOME: repository.home } };
    const { status, stderr } = await runSlipway(['run', '--debug-port', String(port)], options);
    expect(stderr).toContain(`--debug-port ${port}: listen EADDRINUSE`);
    expect(status).toBe(2);
  });
});
