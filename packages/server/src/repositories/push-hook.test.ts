import { execFile } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createBareRepository } from './bare-repository.ts';
import { git } from './git.ts';
import { type GitServing, readGitRequest, serveGit } from './git-http.ts';

const runProgram = promisify(execFile);
let folder: string;
let clone: string;
let server: Server;
let decide: GitServing['decidePush'];
let report: GitServing['reportPush'];
const troubles: unknown[] = [];

beforeEach(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'slipway-hook-'));
  clone = path.join(folder, 'clone');
  const directory = path.join(folder, 'octo', 'app.git');
  await createBareRepository(directory, 'main');
  troubles.splice(0);
  report = undefined;
  server = createServer((request, response) => {
    const asked = readGitRequest(request.method, request.url);
    if (asked === null) return void response.writeHead(404).end();
    const onTrouble = (error: unknown) => troubles.push(error);
    const serving = {
      request,
      response,
      directory,
      user: 'octo',
      onTrouble,
      ...(decide && { decidePush: decide }),
      ...(report && { reportPush: report }),
    };
    serveGit(asked, serving).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  await runProgram('git', ['init', '--quiet', '--initial-branch=main', clone]);
  const person = ['-c', 'user.name=Octo', '-c', 'user.email=octo@example.com', '-c', 'commit.gpgsign=false'];
  await runProgram('git', [...person, 'commit', '--quiet', '--allow-empty', '-m', 'first'], { cwd: clone });
});
afterEach(async () => {
  await new Promise((resolve) => server.close(resolve));
  await rm(folder, { recursive: true, force: true });
});

async function push(): Promise<string> {
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/octo/app.git`;
  try {
    const { stderr } = await runProgram('git', ['push', url, 'main', 'main:topic'], { cwd: clone });
    return `accepted${stderr.match(/^remote: .*$/gm)?.join('\n') ?? ''}`;
  } catch (error) {
    return String((error as { stderr: string }).stderr);
  }
}

const refs = () => git(path.join(folder, 'octo', 'app.git'), ['for-each-ref', '--format=%(refname)']);

test('who decides sees what is to be changed, and the objects that have come, before any ref is', async () => {
  let seen = '';
  decide = async ({ updates, env }) => {
    const after = updates[0]?.after ?? '';
    seen = await git(path.join(folder, 'octo', 'app.git'), ['log', '-1', '--format=%s', after], { env });
    seen += updates.map(({ ref }) => ref).join(' ');
    return { kind: 'accepted', lines: [] };
  };
  expect(await push()).toBe('accepted');
  expect(seen).toBe('first\nrefs/heads/main refs/heads/topic');
  expect(await refs()).toBe('refs/heads/main\nrefs/heads/topic\n');
});

test('what is said is shown, and a refusal changes nothing', async () => {
  decide = async () => ({
    kind: 'refused',
    lines: ['main is protected:', 'accept', '  - say what\nis missing'],
  });
  const said = await push();
  for (const line of [
    'main is protected:',
    'accept',
    '  - say what',
    'is missing',
    'pre-receive hook declined',
  ]) {
    expect(said).toContain(line);
  }
  expect(await refs()).toBe('');
});

test('a server that cannot judge refuses', async () => {
  decide = async () => {
    throw new Error('no rules here');
  };
  expect(await push()).toContain('The server could not answer for the push');
  expect(troubles).toMatchObject([{ message: 'no rules here' }]);
  expect(await refs()).toBe('');
});

test('without somebody who decides nothing is pushed', async () => {
  decide = undefined;
  expect(await push()).not.toBe('accepted');
  expect(await refs()).toBe('');
});

test('what a push has brought about is shown, when its refs are changed', async () => {
  decide = async () => ({ kind: 'accepted', lines: ['a word before'] });
  report = async () => ['Run 1: ci.yml', await refs()];
  const said = await push();
  expect(said).toMatch(
    /^acceptedremote: a word before *\nremote: Run 1: ci\.yml *\nremote: refs\/heads\/main *\n/,
  );
});

test('a server that cannot tell what came of a push does not undo it', async () => {
  decide = async () => ({ kind: 'accepted', lines: [] });
  report = async () => {
    throw new Error('the store is gone');
  };
  expect(await push()).toContain('accepted');
  expect(troubles).toMatchObject([{ message: 'the store is gone' }]);
  expect(await refs()).toBe('refs/heads/main\nrefs/heads/topic\n');
});
