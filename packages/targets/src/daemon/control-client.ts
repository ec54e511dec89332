import { type IncomingMessage, request } from 'node:http';

/** Nothing listens on the socket: the daemon doesn't run. */
export class DaemonUnreachable extends Error {
  override readonly name = 'DaemonUnreachable';
}

/** The daemon has answered that it can't or won't. */
export class DaemonRefusal extends Error {
  override readonly name = 'DaemonRefusal';
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** It doesn't run, or ended in the middle of the call. */
const gone = new Set(['ENOENT', 'ECONNREFUSED', 'ECONNRESET', 'EPIPE']);

export interface ControlCall {
  method?: 'GET' | 'PUT' | 'POST' | 'DELETE';
  path: string;
  body?: unknown;
  /** Default 10 s. */
  timeoutMs?: number;
  signal?: AbortSignal | undefined;
}

/** @throws DaemonUnreachable; DaemonRefusal for every status but 2xx */
export function callDaemon(
  socket: string,
  { method = 'GET', path, body, timeoutMs = 10_000, signal }: ControlCall,
): Promise<unknown> {
  const timeout = AbortSignal.timeout(timeoutMs);
  const failureOf = (error: NodeJS.ErrnoException): Error => {
    if (timeout.aborted) {
      return new Error(`${socket} gave no answer to ${method} ${path} in ${timeoutMs / 1000} s`);
    }
    const isGone = gone.has(error.code ?? '');
    return isGone ? new DaemonUnreachable(`nothing answers at ${socket}`, { cause: error }) : error;
  };
  return new Promise((resolve, reject) => {
    const call = request(
      {
        socketPath: socket,
        method,
        path,
        agent: false,
        signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
      },
      (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (chunk) => (text += chunk));
        response.on('error', (error) => reject(failureOf(error)));
        response.on('end', () => {
          try {
            resolve(readAnswer(response, text));
          } catch (error) {
            reject(error);
          }
        });
      },
    );
    call.on('error', (error: NodeJS.ErrnoException) => reject(failureOf(error)));
    call.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

/** @throws DaemonRefusal */
function readAnswer({ statusCode = 0, headers }: IncomingMessage, text: string): unknown {
  const isText = headers['content-type']?.startsWith('text/');
  const value = isText ? text : JSON.parse(text || 'null');
  if (statusCode >= 200 && statusCode < 300) return value;
  throw new DaemonRefusal(statusCode, value?.message ?? `the daemon answers ${statusCode}`);
}
