import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { runSlipway } from '../slipway-process.ts';
import {
  ended,
  environment,
  folder,
  push,
  runProgram,
  said,
  serve,
  slipway,
  start,
  useServeFolder,
} from './serving.ts';

useServeFolder();

describe('slipway serve', () => {
  test('is a pipeline from one command: project, push, logs, rerun, runners, by the command line', async () => {
    const server = await serve('--listen', '127.0.0.1:0', '--runners', '1', '--labels', 'ubuntu-latest');
    expect(server.token).toMatch(/^slipway_/);
    expect(statSync(path.join(folder, 'data/secrets')).mode & 0o077).toBe(0);
    const created = await slipway(server, 'project', 'create', 'octo/app');
    expect(created.stdout).toMatch(/^push to +/m);
    expect(created.stdout).toContain(` ${server.url}/octo/app.git\n`);
    await push(server, '      - run: echo begun; sleep 1; echo done\n');
    const log = await slipway(server, 'logs', '-f', '1');
    expect(log).toMatchObject({ status: 0, stdout: expect.stringMatching(/== build\n[\s\S]*begun\ndone\n/) });
    const runs = await slipway(server, 'runs');
    expect(runs.stdout).toMatch(/^✓ 1 {2}octo\/app {2}CI #1: first {2}push main/);
    const rerun = await slipway(server, 'rerun', '1');
    expect(rerun.stdout).toBe('Run 1 (CI), attempt 2, is started.\n');
    expect((await slipway(server, 'logs', '--follow', '1')).status).toBe(0);
    const dispatched = await slipway(server, 'dispatch', 'ci.yml', '--project', 'octo/app');
    expect(dispatched.stdout).toContain('Run 2');
    expect((await slipway(server, 'logs', '--follow', '2', '-j', 'build')).stdout).toContain('begun');
    expect((await slipway(server, 'runners')).stdout).toMatch(/ {2}idle {2}- {2}ubuntu-latest\n$/);
    expect(await slipway(server, 'cancel', '2')).toMatchObject({
      status: 1,
      stderr: 'slipway: The run is finished already. (run-finished)\n',
    });
    const wrong = await slipway({ ...server, token: 'wrong' }, 'runs');
    expect(wrong).toMatchObject({ status: 1, stderr: expect.stringContaining('(unauthorized)') });
  }, 120_000);

  test('told to end waits for the job under way', async () => {
    const server = await serve('--listen', '127.0.0.1:0', '--runners', '1', '--labels', 'ubuntu-latest');
    await slipway(server, 'project', 'create', 'octo/app');
    const flag = path.join(folder, 'flag');
    await push(
      server,
      `      - run: echo begun; while [ ! -e ${flag} ]; do sleep 0.1; done; echo end of it\n`,
    );
    const follower = start(['logs', '--follow', '1', '--server', server.url, '--token', server.token ?? '']);
    await said(follower.child, follower.output, /^begun$/m);
    server.child.kill('SIGTERM');
    await said(server.child, server.output, /"busy":1/);
    const response = await fetch(`${server.url}/readyz`);
    expect(response.status).toBe(503);
    writeFileSync(flag, '');
    expect(await ended(server.child)).toBe(0);
    follower.child.kill();
    const again = await serve('--listen', '127.0.0.1:0', '--runners', '0');
    expect(again.token).toBeNull();
    const log = await slipway({ url: again.url, token: server.token }, 'logs', '-f', '1');
    expect(log).toMatchObject({ status: 0, stdout: expect.stringContaining('end of it\n') });
  }, 120_000);

  test('killed in the middle goes on with a runner of another process, which never noticed', async () => {
    const server = await serve('--listen', '127.0.0.1:0', '--runners', '0');
    await slipway(server, 'project', 'create', 'octo/app');
    const flag = path.join(folder, 'flag');
    await push(
      server,
      `      - run: echo begun; while [ ! -e ${flag} ]; do sleep 0.1; done; echo end of it\n`,
    );
    const runner = start(['runner', '--server', server.url, '--name', 'far', '--labels', 'ubuntu-latest'], {
      SLIPWAY_TOKEN: server.token ?? '',
    });
    const follower = start(['logs', '--follow', '1', '--server', server.url, '--token', server.token ?? '']);
    await said(follower.child, follower.output, /^begun$/m);
    server.child.kill('SIGKILL');
    await ended(server.child);
    writeFileSync(flag, '');
    await serve('--listen', new URL(server.url).host, '--runners', '0');
    // The follower takes the log up where it broke.
    await said(follower.child, follower.output, /^end of it$/m);
    expect(await ended(follower.child)).toBe(0);
    expect(follower.output().match(/^begun$/gm)).toHaveLength(1);
    const runners = await slipway(server, 'runners', '--json');
    expect(JSON.parse(runners.stdout)).toMatchObject({ name: 'far', status: 'idle' });
    runner.child.kill('SIGTERM');
    expect(await ended(runner.child)).toBe(0);
  }, 120_000);

  test('tells of a push whose event a crash has swallowed when it starts again, once', async () => {
    const server = await serve('--listen', '127.0.0.1:0', '--runners', '1', '--labels', 'ubuntu-latest');
    await slipway(server, 'project', 'create', 'octo/app');
    await push(server, '      - run: echo of commit $GITHUB_SHA\n');
    expect((await slipway(server, 'logs', '-f', '1')).status).toBe(0);
    server.child.kill('SIGKILL');
    await ended(server.child);
    // As git leaves it when its server is killed before it has told anybody.
    const clone = path.join(folder, 'clone');
    const person = [
      '-c',
      'user.name=Octo',
      '-c',
      'user.email=octo@example.com',
      '-c',
      'commit.gpgsign=false',
    ];
    await runProgram('git', [...person, 'commit', '--quiet', '--allow-empty', '-m', 'second'], {
      cwd: clone,
    });
    const sha = (await runProgram('git', ['rev-parse', 'HEAD'], { cwd: clone })).stdout.trim();
    const repository = path.join(folder, 'data/repositories/octo/app.git');
    await runProgram('git', ['push', '--quiet', repository, 'main'], { cwd: clone });
    for (let starts = 0; starts < 2; starts += 1) {
      const again = await serve('--listen', '127.0.0.1:0', '--runners', '1', '--labels', 'ubuntu-latest');
      const access = { url: again.url, token: server.token };
      while (!(await slipway(access, 'runs', '--json')).stdout.includes(sha)) await delay(100);
      const log = await slipway(access, 'logs', '-f', '2');
      expect(log).toMatchObject({ status: 0, stdout: expect.stringContaining(`of commit ${sha}\n`) });
      expect((await slipway(access, 'runs', '--json')).stdout.trim().split('\n')).toHaveLength(2);
      again.child.kill('SIGKILL');
      await ended(again.child);
    }
  }, 120_000);

  test('is saved while it runs, and is there again from the backup with all that it had', async () => {
    const server = await serve('--listen', '127.0.0.1:0', '--runners', '1', '--labels', 'ubuntu-latest');
    const secretFile = path.join(folder, 'secrets.env');
    writeFileSync(secretFile, 'DEPLOY_KEY=hush-hush-42\n');
    await slipway(server, 'project', 'create', 'octo/app', '--secret-file', secretFile);
    await push(server, '      - run: echo kept\n');
    await slipway(server, 'logs', '--follow', '1');
    const data = path.join(folder, 'data');
    const backup = path.join(folder, 'backup');
    const saved = await slipway(server, 'backup', '--data', data, backup);
    expect(saved).toMatchObject({
      status: 0,
      stdout: expect.stringContaining('Saved 1 repositories, 1 logs'),
    });
    expect(await slipway(server, 'backup', '--data', data, backup)).toMatchObject({ status: 1 });
    server.child.kill('SIGKILL');
    await ended(server.child);
    expect(await slipway(server, 'restore', backup, '--data', data)).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('is not empty'),
    });
    await rm(data, { recursive: true });
    expect(await slipway(server, 'restore', backup, '--data', data)).toMatchObject({ status: 0 });
    const again = await serve('--listen', '127.0.0.1:0', '--runners', '0');
    const access = { url: again.url, token: server.token };
    expect((await slipway(access, 'logs', '1')).stdout).toContain('kept\n');
    const authorization = `Bearer ${server.token}`;
    const secrets = await fetch(`${again.url}/api/v1/projects/octo/app/secrets`, {
      headers: { authorization },
    });
    expect(await secrets.json()).toMatchObject({ secrets: [{ name: 'DEPLOY_KEY' }] });
    const remote = `${again.url.replace('://', `://x:${server.token}@`)}/octo/app.git`;
    expect((await runProgram('git', ['ls-remote', remote])).stdout).toContain('refs/heads/main');
    // What was told of before is not told of again.
    expect((await slipway(access, 'runs', '--json')).stdout.trim().split('\n')).toHaveLength(1);
  }, 120_000);

  test('says every mistake of its settings with its place, and starts nothing', async () => {
    const config = path.join(folder, 'slipway.yml');
    writeFileSync(config, 'listen: 127.0.0.1:0\nruners: 3\nlogLevel: loud\n');
    const unknown = await runSlipway(['serve', '--config', config], { cwd: folder, env: environment });
    expect(unknown).toMatchObject({ status: 2, stdout: '' });
    expect(unknown.stderr).toContain(
      `${config}:2:1: there is no setting 'runners'`.replace("'runners'", "'runers'"),
    );
    expect(unknown.stderr).toContain('Did you mean runners?');
    writeFileSync(config, 'listen: 127.0.0.1:0\nlogLevel: loud\n');
    const env = { ...environment, SLIPWAY_RUNNERS: 'many' };
    const wrong = await runSlipway(['serve', '--config', config, '--url', 'nowhere'], { cwd: folder, env });
    expect(wrong.status).toBe(2);
    expect(wrong.stderr).toContain(`${config}:2:1: logLevel:`);
    expect(wrong.stderr).toContain('SLIPWAY_RUNNERS: runners:');
    expect(wrong.stderr).toContain('--url: url:');
    expect(wrong.stderr).toContain('there is no folder for the data');
  });

  test('makes another admin token, which makes the old one void', async () => {
    const server = await serve('--listen', '127.0.0.1:0', '--runners', '0', '--log-level', 'info');
    const data = path.join(folder, 'data');
    const made = await runSlipway(['serve', '--data', data, '--new-admin-token'], {
      cwd: folder,
      env: environment,
    });
    const token = made.stdout.trim();
    expect(token).toMatch(/^slipway_/);
    expect((await slipway(server, 'runs')).status).toBe(1);
    expect((await slipway({ ...server, token }, 'runs')).status).toBe(0);
    expect(readFileSync(path.join(data, 'slipway.db')).includes(token)).toBe(false);
  }, 60_000);
});
