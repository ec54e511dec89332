import { spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { onTestFinished } from 'vitest';

const actions = join(import.meta.dirname, '../../actions');

export interface StepResult {
  status: number | null;
  stdout: string;
  outputs: Record<string, string>;
  summary: string;
}

/** A folder that is gone after the test. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'slipway-action-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Runs the script of an action as its step does. `programs`: shell scripts that go first on PATH. */
export async function runAction(
  script: string,
  env: Record<string, string>,
  { cwd = temporaryFolder(), programs = {} }: { cwd?: string; programs?: Record<string, string> } = {},
): Promise<StepResult> {
  const folder = temporaryFolder();
  for (const [name, body] of Object.entries(programs)) {
    writeFileSync(join(folder, name), `#!/bin/sh\n${body}\n`);
    chmodSync(join(folder, name), 0o755);
  }
  const [output, summary] = ['output', 'summary'].map((name) => join(folder, name)) as [string, string];
  for (const file of [output, summary]) writeFileSync(file, '');
  const file = join(actions, script);
  const [program, args] = script.endsWith('.mjs') ? [process.execPath, [file]] : [file, []];
  const child = spawn(program, args, {
    cwd,
    env: {
      PATH: `${folder}${delimiter}${process.env.PATH}`,
      HOME: folder,
      GITHUB_OUTPUT: output,
      GITHUB_STEP_SUMMARY: summary,
      GITHUB_ACTION_PATH: join(file, '..'),
      GITHUB_REPOSITORY: 'octo/shop',
      GITHUB_SERVER_URL: 'https://example.com',
      GITHUB_SHA: 'a'.repeat(40),
      GITHUB_REF: 'refs/heads/main',
      GITHUB_RUN_ID: '7',
      GITHUB_RUN_ATTEMPT: '1',
      GITHUB_JOB: 'deploy',
      GITHUB_WORKFLOW: 'Deploy',
      GITHUB_ACTOR: 'octocat',
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
  const status = await ended;
  return {
    status,
    stdout: stdout + stderr,
    outputs: readOutputs(readFileSync(output, 'utf8')),
    summary: readFileSync(summary, 'utf8'),
  };
}

/** GITHUB_OUTPUT in both of its forms. */
function readOutputs(content: string): Record<string, string> {
  const found: Record<string, string> = {};
  for (const match of content.matchAll(/^(\S+?)<<(\S+)\n([\s\S]*?)\n\2$|^([^=\n]+)=(.*)$/gm)) {
    const [, name, , block, short, value] = match;
    found[(name ?? short)!] = (block ?? value)!;
  }
  return found;
}

export interface Asked {
  method: string;
  path: string;
  headers: IncomingMessage['headers'];
  body: unknown;
}

/** A server of this test. `answer` gets each request with its JSON and returns what is answered as JSON. */
export async function serveJson(
  answer: (asked: Asked) => { status?: number; body: unknown },
): Promise<{ url: string; asked: Asked[] }> {
  const asked: Asked[] = [];
  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const content = await text(request);
    const one: Asked = {
      method: request.method ?? '',
      path: request.url ?? '',
      headers: request.headers,
      body: content === '' ? undefined : JSON.parse(content),
    };
    asked.push(one);
    const { status = 200, body } = answer(one);
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  };
  const server = createServer((request, response) => void handle(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
}
