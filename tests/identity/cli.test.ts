import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, statSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { RunAnswer } from '@slipway/contracts/api/runs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { noPseudoTerminal, PseudoTerminal } from '../pseudo-terminal.ts';
import { type Served, serveForTest, workflow } from '../server/served.ts';
import { resultOf, runSlipway, startSlipway } from '../slipway-process.ts';
import { openBrowser } from './browser.ts';

const password = 'correct horse battery staple';
let folder: string;
let served: Served;
let children: ChildProcess[];

beforeEach(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'slipway-login-'));
  children = [];
  served = await serveForTest({ labels: [] });
});
afterEach(async () => {
  for (const child of children) child.kill('SIGKILL');
  await served.close();
  await rm(folder, { recursive: true, force: true });
});

/** The configuration folder is that of a person. */
const environmentOf = (person: string): NodeJS.ProcessEnv => ({
  SLIPWAY_SERVER: undefined,
  SLIPWAY_TOKEN: undefined,
  XDG_CONFIG_HOME: path.join(folder, person),
});
const slipway = (person: string, ...args: string[]) =>
  runSlipway(args, { cwd: folder, env: environmentOf(person) });
const asAdmin = (...args: string[]) =>
  runSlipway(args, {
    cwd: folder,
    env: { ...environmentOf('nobody'), SLIPWAY_SERVER: served.server.url, SLIPWAY_TOKEN: served.token },
  });

async function piped(input: string, person: string, ...args: string[]) {
  const child = startSlipway(args, { cwd: folder, env: environmentOf(person) });
  child.stdin?.end(input);
  return resultOf(child);
}

async function addUser(name: string): Promise<void> {
  const { stdout } = await asAdmin('users', 'add', name);
  const [, link = ''] = /chooses a password at (\S+) \(good once/.exec(stdout) ?? [];
  await openBrowser().submit(link, { password });
}

test('somebody is added, signs in, works by the role that was given, and is removed', async () => {
  await served.project('octo/app', {});
  await addUser('grace');
  const login = ['login', '--server', served.server.url, '--user', 'grace'];
  const wrong = await piped('wrong\n', 'grace', ...login);
  expect(wrong).toMatchObject({
    status: 1,
    stderr: 'slipway: Name and password do not fit. (sign-in-refused)\n',
  });
  const entered = await piped(`${password}\n`, 'grace', ...login);
  const config = path.join(folder, 'grace/slipway/config.json');
  expect(entered).toMatchObject({
    status: 0,
    stdout: `You are grace at ${served.server.url}; ${config} says so.\n`,
  });
  expect(statSync(config).mode & 0o777).toBe(0o600);
  expect(JSON.parse(readFileSync(config, 'utf8'))).toMatchObject({ server: served.server.url });
  expect((await slipway('grace', 'project')).stdout).toContain('There is no project yet');
  expect((await slipway('grace', 'users')).stderr).toContain('(forbidden)');
  await asAdmin('users', 'role', 'grace', 'admin', '--project', 'octo/app');
  expect((await slipway('grace', 'project')).stdout).toContain('octo/app');
  expect((await slipway('grace', 'users', '--project', 'octo/app')).stdout).toBe('grace  admin\n');
  expect((await asAdmin('users')).stdout).toBe('grace  by password  admin of octo/app\n');
  await asAdmin('users', 'role', 'grace', 'none', '--project', 'octo/app');
  expect((await slipway('grace', 'project')).stdout).toContain('There is no project yet');
  await asAdmin('users', 'admin', 'grace', 'yes');
  expect((await slipway('grace', 'users')).stdout).toBe('grace  by password  admin of the server\n');
  const log = await slipway('grace', 'audit', '--actor', 'admin', '--action', 'role.', '--since', '1h');
  expect(log.stdout.trim().split('\n')).toHaveLength(3);
  expect(log.stdout).toMatch(
    /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d {2}admin {2}role\.changed {2}- +user grace isServerAdmin=true$/m,
  );
  expect(log.stdout).toMatch(/octo\/app {2}user grace role="admin"$/m);
  await asAdmin('users', 'remove', 'grace');
  expect((await slipway('grace', 'project')).stderr).toContain('(unauthorized)');
}, 120_000);

test('who is signed in chooses another password', async () => {
  await addUser('grace');
  const login = ['login', '--server', served.server.url, '--user', 'grace'];
  await piped(`${password}\n`, 'grace', ...login);
  const other = 'a staple of another battery';
  const wrong = await piped(`${other}\n${other}\n`, 'grace', 'users', 'password');
  expect(wrong).toMatchObject({ status: 1, stderr: expect.stringContaining('That is not your password.') });
  const changed = await piped(`${password}\n${other}\n`, 'grace', 'users', 'password');
  expect(changed).toMatchObject({ status: 0, stdout: expect.stringContaining('It is changed') });
  expect((await piped(`${password}\n`, 'grace', ...login)).status).toBe(1);
  expect((await piped(`${other}\n`, 'grace', ...login)).status).toBe(0);
}, 120_000);

test('the password is asked for at the terminal and not shown', async (context) => {
  const reason = noPseudoTerminal();
  if (reason !== undefined) return context.skip(reason);
  await addUser('grace');
  const terminal = new PseudoTerminal(['login', '--server', served.server.url], {
    cwd: folder,
    env: environmentOf('grace'),
  });
  await terminal.shows('Name: ');
  terminal.send('grace\r');
  await terminal.shows('Password (it is not shown): ');
  terminal.send(`${password}\r`);
  await terminal.shows('You are grace at');
  expect(await terminal.ended).toBe(0);
  expect(terminal.output).not.toContain(password);
}, 120_000);

test('tokens are made, limited, listed and revoked; the token is alone on the output', async () => {
  await served.project('octo/app', {});
  const made = await asAdmin('tokens', 'create', 'ci', '--scope', 'project.read', '--project', 'octo/app');
  expect(made.stdout).toMatch(/^slipway_[\w-]{43}\n$/);
  expect(made.stderr).toMatch(/^Token 1 of admin is good until \d{4}-\d\d-\d\d; it is shown this once\.\n$/);
  expect(
    (await piped(made.stdout, 'ci', 'login', '--server', served.server.url, '--with-token')).status,
  ).toBe(0);
  expect((await slipway('ci', 'project')).stdout).toContain('octo/app');
  expect((await slipway('ci', 'tokens', 'create', 'more')).stderr).toContain('(forbidden)');
  const listed = await asAdmin('tokens');
  expect(listed.stdout).toMatch(/^1 {2}ci {2}admin {2}project\.read of octo\/app {2}is good until [\d-]+\n$/);
  expect((await asAdmin('tokens', 'revoke', '1')).status).toBe(0);
  expect((await slipway('ci', 'project')).stderr).toContain('(unauthorized)');
  expect((await asAdmin('tokens')).stdout).toMatch(/ revoked [\d-]+\n$/);
}, 120_000);

test('a runner joins with a token of its own, which is good for nothing else', async () => {
  const token = (await asAdmin('tokens', 'create', 'pool', '--runner')).stdout.trim();
  expect(token).toMatch(/^slipway_runner_/);
  const home = path.join(folder, 'home');
  await mkdir(home);
  const args = ['runner', '--server', served.server.url, '--name', 'box', '--labels', 'far'];
  const runner = startSlipway(args, {
    cwd: folder,
    env: { ...environmentOf('runner'), SLIPWAY_TOKEN: token, SLIPWAY_HOME: home },
  });
  children.push(runner);
  const job = 'on: push\njobs:\n  a: { runs-on: far, steps: [{ run: echo done by $RUNNER_NAME }] }\n';
  const clone = await served.project('octo/app', workflow('ci.yml', job));
  await clone.git('push', '--quiet', 'origin', 'main');
  const [run] = await served.runs('?project=octo/app');
  expect(await served.finished(run?.id ?? 0)).toMatchObject({
    conclusion: 'success',
  } satisfies Partial<RunAnswer>);
  expect((await asAdmin('runners')).stdout).toMatch(/^pool\/box /);
  const other = await fetch(`${served.server.url}/api/v1/projects`, {
    headers: { authorization: `Bearer ${token}` },
  });
  expect(other.status).toBe(403);
  runner.kill('SIGTERM');
  while (runner.exitCode === null) await delay(50);
}, 120_000);

test.each<[string[], string]>([
  [['users', 'ad'], "there is no action 'ad'"],
  [['users', 'role', 'grace', 'owner'], "there is no role 'owner'"],
  [['users', 'role', 'grace', 'reader'], 'a role is of a project'],
  [['users', 'add'], 'add lacks something'],
  [['tokens', 'create'], 'a token needs a name'],
  [['tokens', 'create', 'x', '--scope', 'project.reed'], "there is no scope 'project.reed'"],
  [['tokens', 'create', 'x', '--runner', '--scope', 'code.read'], '--scope is not for runners'],
  [['tokens', 'revoke', 'x'], 'revoke needs the number of a token'],
  [['audit', '--since', 'yesterday-ish'], "--since 'yesterday-ish' is no time"],
  [['login', '--server', 'nowhere'], "'nowhere' is no address of a server"],
])('%j is refused before anything is asked of the server', async (args, message) => {
  expect(await slipway('nobody', ...args)).toMatchObject({
    status: 2,
    stderr: expect.stringContaining(message),
  });
});

test('slipway serve prints once where the first user is made, and takes the settings of an OpenID provider', async () => {
  const config = path.join(folder, 'slipway.yml');
  const grants =
    '[{ claim: groups, value: ops, serverAdmin: true }, { claim: groups, value: app, project: octo/app, role: reader }]';
  const settings = `data: ${folder}/data\nlisten: 127.0.0.1:0\nrunners: 0\nlogLevel: silent\noidcIssuer: https://id.example.com\n`;
  await writeFile(config, `${settings}oidcGrants: ${grants}\n`);
  const lacking = await runSlipway(['serve', '--config', config], {
    cwd: folder,
    env: environmentOf('server'),
  });
  expect(lacking).toMatchObject({
    status: 2,
    stderr: expect.stringContaining('oidcIssuer and oidcClientId go together'),
  });
  await writeFile(config, `${settings}oidcClientId: slipway\noidcGrants: ${grants}\n`);
  for (const isFirst of [true, false]) {
    const child = startSlipway(['serve', '--config', config], { cwd: folder, env: environmentOf('server') });
    children.push(child);
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text) => (output += text));
    }
    const isThere = isFirst ? /^The first user.*\n/m : /with 0 runners/;
    while (!isThere.test(output)) {
      if (child.exitCode !== null) throw new Error(output);
      await delay(50);
    }
    const [, url = ''] = /serves at (\S+) with/.exec(output) ?? [];
    expect(await (await fetch(`${url}/sign-in`)).text()).toContain('Sign in at id.example.com');
    const [, link] = /^The first user is made at (\S+)$/m.exec(output) ?? [];
    expect(link !== undefined).toBe(isFirst);
    if (link !== undefined)
      expect((await openBrowser().submit(link, { user: 'ada', password })).status).toBe(303);
    child.kill('SIGTERM');
    while (child.exitCode === null) await delay(50);
  }
}, 120_000);
