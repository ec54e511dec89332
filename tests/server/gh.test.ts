import { execFile, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
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

test('gh calls the interface, lists and starts runs, and makes a release with a file', async () => {
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

test('gh is told that GraphQL is not served, and what is', async () => {
  const listed = gh('pr', 'list', '--repo', `${host}/octo/gh`);
  await expect(listed).rejects.toThrow(/Slipway does not serve GraphQL/);
});
