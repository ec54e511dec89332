import { spawn } from 'node:child_process';
import type { IncomingMessage, ServerResponse } from 'node:http';
import path from 'node:path';
import type { Duplex } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { gitEnvironment } from './git.ts';
import {
  answerPushHook,
  type PushReport,
  type PushVerdict,
  preparePushHook,
  type ReceivedPush,
} from './push-hook.ts';

/** A request of a git client, as its URL says. */
export interface GitRequest {
  /** `owner/name`, as typed. */
  project: string;
  service: 'upload-pack' | 'receive-pack';
  /** Below the repository: `info/refs`, `git-upload-pack` or `git-receive-pack`. */
  route: string;
  query: string;
}

/** What a URL asks of git; null: it is not for git. Only the smart protocol is served. */
export function readGitRequest(method: string | undefined, url: string | undefined): GitRequest | null {
  const { pathname, search, searchParams } = new URL(url ?? '/', 'http://localhost');
  const [, owner, name, route = ''] =
    /^\/([^/]+)\/([^/]+?)(?:\.git)?\/(info\/refs|git-(?:upload|receive)-pack)$/.exec(pathname) ?? [];
  if (owner === undefined || name === undefined) return null;
  const asked = route === 'info/refs' ? searchParams.get('service') : route;
  const service = /^git-(upload-pack|receive-pack)$/.exec(asked ?? '')?.[1];
  const isMeant = method === (route === 'info/refs' ? 'GET' : 'POST');
  if (service !== 'upload-pack' && service !== 'receive-pack') return null;
  if (!isMeant) return null;
  return { project: `${owner}/${name}`, service, route, query: search.slice(1) };
}

export interface GitServing {
  request: IncomingMessage;
  response: ServerResponse;
  /** Of the bare repository. */
  directory: string;
  /** Who acts, for hooks. */
  user: string;
  /** Whether a push may be, before it changes any ref. What it throws refuses the push. Absent: nothing is pushed. */
  decidePush?: (push: ReceivedPush) => Promise<PushVerdict>;
  /** What `decidePush` or `reportPush` has thrown. */
  onTrouble?: (error: unknown) => void;
  /** Tells of what a push has changed. */
  reportPush?: PushReport;
}

/**
 * Lets `git http-backend` answer, streaming both ways.
 * @see https://git-scm.com/docs/git-http-backend
 */
export async function serveGit(asked: GitRequest, serving: GitServing): Promise<void> {
  const { request, response, directory, decidePush = refusePush, reportPush: report } = serving;
  const hook = asked.service === 'receive-pack' ? await preparePushHook(directory) : {};
  const child = spawn('git', ['http-backend'], {
    env: { ...cgiEnvironment(asked, serving), ...hook },
    stdio: ['pipe', 'pipe', 'pipe', 'pipe'],
  });
  const channel = child.stdio[3] as Duplex;
  channel.on('error', () => {});
  // What git leaves running in the background may keep its end open.
  child.once('exit', () => channel.destroy());
  answerPushHook(channel, { decide: decidePush, report: report ?? (async () => []) }).catch(
    (error: unknown) => {
      if (child.exitCode === null && child.signalCode === null) serving.onTrouble?.(error);
      channel.end('say The server could not answer for the push: its log says why.\nrefuse\n');
    },
  );
  const ended = new Promise<void>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', () => resolve());
  });
  ended.catch(() => {});
  const errors: Buffer[] = [];
  child.stderr.on('data', (piece: Buffer) => errors.push(piece));
  child.stdin.on('error', () => {});
  response.once('close', () => {
    if (!response.writableFinished) child.kill();
  });
  void pipeline(request, child.stdin).catch(() => {});
  const head = await readHead(child.stdout);
  if (head === null) {
    await ended;
    throw new Error(`git http-backend gave no answer: ${Buffer.concat(errors).toString().trim()}`);
  }
  response.writeHead(head.status, head.headers);
  response.write(head.rest);
  for await (const piece of child.stdout) {
    if (!response.write(piece)) await drained(response);
  }
  await ended;
  response.end();
}

async function refusePush(): Promise<PushVerdict> {
  return { kind: 'refused', lines: ['Nothing is pushed here.'] };
}

/** There is room again, or nobody reads any more. */
function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const go = (): void => {
      response.off('drain', go);
      response.off('close', go);
      resolve();
    };
    response.on('drain', go);
    response.on('close', go);
  });
}

function cgiEnvironment(
  { route, query }: GitRequest,
  { request, directory, user }: GitServing,
): NodeJS.ProcessEnv {
  const header = (name: string) => String(request.headers[name] ?? '');
  return {
    ...gitEnvironment(),
    GIT_PROJECT_ROOT: path.dirname(directory),
    GIT_HTTP_EXPORT_ALL: '1',
    PATH_INFO: `/${path.basename(directory)}/${route}`,
    QUERY_STRING: query,
    REQUEST_METHOD: request.method ?? 'GET',
    CONTENT_TYPE: header('content-type'),
    CONTENT_LENGTH: header('content-length'),
    HTTP_CONTENT_ENCODING: header('content-encoding'),
    GIT_PROTOCOL: header('git-protocol'),
    REMOTE_USER: user,
    REMOTE_ADDR: request.socket.remoteAddress ?? '',
  };
}

interface CgiHead {
  status: number;
  headers: Record<string, string>;
  /** The beginning of the body. */
  rest: Buffer;
}

/** Reads up to the empty line; null: the program ended before. */
async function readHead(output: NodeJS.ReadableStream): Promise<CgiHead | null> {
  let read = Buffer.alloc(0);
  for (;;) {
    const piece = await nextPiece(output);
    if (piece === null) return null;
    read = Buffer.concat([read, piece]);
    const end = /\r?\n\r?\n/.exec(read.toString('latin1'));
    if (end === null) continue;
    const lines = read.toString('latin1', 0, end.index).split(/\r?\n/);
    const headers = Object.fromEntries(
      lines.map((line) => {
        const [, name = '', value = ''] = /^([^:]+):\s*(.*)$/.exec(line) ?? [];
        return [name, value] as const;
      }),
    );
    const { Status: status = '200', ...others } = headers;
    return {
      status: Number.parseInt(status, 10),
      headers: others,
      rest: read.subarray(end.index + end[0].length),
    };
  }
}

async function nextPiece(output: NodeJS.ReadableStream): Promise<Buffer | null> {
  for (;;) {
    const piece = output.read() as Buffer | null;
    if (piece !== null) return piece;
    const isOver = await new Promise<boolean>((resolve) => {
      output.once('readable', () => resolve(false));
      output.once('end', () => resolve(true));
      output.once('error', () => resolve(true));
    });
    if (isOver) return null;
  }
}
