import { execFile, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import http from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { type Served, serveForTest, workflow } from './served.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const runProgram = promisify(execFile);
const unavailable = ['gh', 'openssl'].find((name) => spawnSync(name, ['version']).status !== 0);
let served: Served;
let proxy: https.Server;
let folder: string;
let host: string;

/** gh speaks https only: a proxy with a certificate of its own is between. */
beforeAll(async () => {
  if (unavailable !== undefined) return;
  folder = mkdtempSync(path.join(tmpdir(), 'slipway-gh-'));
  const [key, cert] = ['key.pem', 'cert.pem'].map((name) => path.join(folder, name)) as [string, string];
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'];
  await runProgram('openssl', [
    'req',
    '-x509',
    '-newkey',
    'rsa:2048',
    '-nodes',
    '-keyout',
    key,
    '-out',
    cert,
    ...subject,
  ]);
  served = await serveForTest();
  proxy = https.createServer({ key: readFileSync(key), cert: readFileSync(cert) }, (request, response) => {
    const { method = 'GET', headers } = request;
    const onward = http.request(`${served.server.url}${request.url}`, { method, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    request.pipe(onward);
  });
  await new Promise<void>((resolve) => proxy.listen(0, 'localhost', resolve));
  host = `localhost:${(proxy.address() as AddressInfo).port}`;
  const clone = await served.project('octo/gh', {
    ...workflow(
      'ci.yml',
      'name: CI\non: [push, workflow_dispatch]\njobs:\n  a: { runs-on: ubuntu-latest, steps: [{ run: "echo from the job" }] }\n',
    ),
  });
  await clone.git('push', '--quiet', 'origin', 'main');
});
beforeEach((context) => {
  if (unavailable !== undefined) context.skip(`${unavailable} is not installed`);
});
afterAll(async () => {
  proxy?.closeAllConnections();
  proxy?.close();
  await served?.close();
  if (folder !== undefined) await rm(folder, { recursive: true, force: true });
});

function gh(...args: string[]): Promise<{ stdout: string; stderr: string }> {
  const env = {
    ...process.env,
    GH_HOST: host,
    GH_ENTERPRISE_TOKEN: served.token,
    GH_CONFIG_DIR: folder,
    SSL_CERT_FILE: path.join(folder, 'cert.pem'),
    NO_COLOR: '1',
  };
  return runProgram('gh', args, { env, cwd: folder });
}

test('gh calls the interface, lists and starts runs', async () => {
  const { stdout: name } = await gh('api', 'repos/octo/gh', '--jq', '.full_name');
  expect(name.trim()).toBe('octo/gh');
  const repository = ['--repo', `${host}/octo/gh`];
  const [run] = await served.runs('?project=octo/gh');
  await served.finished(run?.id ?? 0);
  const { stdout: runs } = await gh('run', 'list', ...repository, '--json', 'workflowName,conclusion');
  expect(JSON.parse(runs)).toEqual([{ workflowName: 'CI', conclusion: 'success' }]);
  await gh('workflow', 'run', 'ci.yml', '--ref', 'main', ...repository);
  expect(await served.runs('?project=octo/gh&event=workflow_dispatch')).toHaveLength(1);
});

test('gh opens, shows, reviews and merges a pull request', async () => {
  const repository = ['--repo', `${host}/octo/gh`];
  const remote = served.server.url.replace('://', `://octocat:${served.token}@`);
  const directory = path.join(folder, 'clone');
  const git = (...args: string[]) => runProgram('git', ['-C', directory, ...args]);
  await runProgram('git', ['clone', '--quiet', `${remote}/octo/gh.git`, directory]);
  await git('switch', '--quiet', '-c', 'topic');
  await writeFile(path.join(directory, 'new.txt'), 'new\n');
  await git('add', '--all');
  await git('-c', 'user.name=Octo', '-c', 'user.email=octo@example.com', 'commit', '--quiet', '-m', 'topic');
  await git('push', '--quiet', 'origin', 'topic');
  const pair = ['--head', 'topic', '--base', 'main'];
  const { stdout: url } = await gh(
    'pr',
    'create',
    ...repository,
    ...pair,
    '--title',
    'Topic',
    '--body',
    'why',
  );
  expect(url.trim()).toMatch(/\/octo\/gh\/pull\/1$/);
  expect((await gh('pr', 'list', ...repository)).stdout).toContain('1\tTopic\ttopic\tOPEN');
  expect((await gh('pr', 'view', '1', ...repository)).stdout).toContain('title:\tTopic');
  expect((await gh('pr', 'status', ...repository)).stdout).toContain('#1  Topic [topic]');
  expect((await gh('pr', 'diff', '1', ...repository)).stdout).toContain('+new');
  await gh('pr', 'comment', '1', '--body', 'hello', ...repository);
  await gh('pr', 'review', '1', '--comment', '--body', 'looks good', ...repository);
  await gh('pr', 'edit', '1', '--title', 'Another', ...repository);
  await gh('pr', 'close', '1', ...repository);
  await gh('pr', 'reopen', '1', ...repository);
  const asked = 'title,state,mergeable,files,commits,comments,reviews,statusCheckRollup';
  const { stdout: view } = await gh('pr', 'view', '1', '--json', asked, ...repository);
  expect(JSON.parse(view)).toMatchObject({
    title: 'Another',
    state: 'OPEN',
    mergeable: 'MERGEABLE',
    files: [{ path: 'new.txt', additions: 1 }],
    commits: [{ messageHeadline: 'topic' }],
    comments: [{ body: 'hello' }],
    reviews: [{ state: 'COMMENTED', body: 'looks good' }],
    statusCheckRollup: [{ name: 'a' }],
  });
  await gh('pr', 'merge', '1', '--squash', ...repository);
  const { stdout: merged } = await gh('pr', 'list', '--state', 'merged', ...repository);
  expect(merged).toContain('1\tAnother\ttopic\tMERGED');
});

test('gh makes a release with a file and shows it, and knows who asks', async () => {
  const repository = ['--repo', `${host}/octo/gh`];
  await writeFile(path.join(folder, 'bundle.bin'), 'the file');
  await gh('release', 'create', 'v1', 'bundle.bin', '--title', 'One', '--notes', 'first', ...repository);
  expect((await gh('release', 'list', ...repository)).stdout).toContain('One\tLatest\tv1');
  expect((await gh('release', 'view', 'v1', ...repository)).stdout).toContain('asset:\tbundle.bin');
  await gh('release', 'download', 'v1', '--dir', 'down', ...repository);
  expect(readFileSync(path.join(folder, 'down/bundle.bin'), 'utf8')).toBe('the file');
  const { stdout, stderr } = await gh('auth', 'status');
  expect(stdout + stderr).toContain('Logged in');
});

test('what the schema does not have is refused by its name', async () => {
  const query = 'query { repository(owner: "octo", name: "gh") { stargazers { totalCount } } }';
  const asked = gh('api', 'graphql', '-f', `query=${query}`);
  await expect(asked).rejects.toThrow(/Cannot query field "stargazers".*Slipway serves the part/);
});
