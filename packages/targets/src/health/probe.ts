import { get } from 'node:http';
import { connect } from 'node:net';

const probeTimeoutMs = 2_000;

export interface Probe {
  /** Default: the loopback. */
  host?: string;
  port: number;
  /** Asked for with GET; null: it is enough that something listens. */
  path: string | null;
}

/** Null if all is well, else what is wrong. */
export function probe({ host = '127.0.0.1', port, path }: Probe): Promise<string | null> {
  return path === null ? probePort(host, port) : probePath({ host, port, path });
}

function probePath({
  host,
  port,
  path,
}: {
  host: string;
  port: number;
  path: string;
}): Promise<string | null> {
  return new Promise((resolve) => {
    const request = get({ host, port, path, agent: false, timeout: probeTimeoutMs }, (response) => {
      response.resume();
      const status = response.statusCode ?? 0;
      resolve(status >= 200 && status < 300 ? null : `${path} answers ${status}`);
    });
    request.once('timeout', () => request.destroy(new Error(`no answer in ${probeTimeoutMs} ms`)));
    request.once('error', (error) => resolve(`${path}: ${error.message}`));
  });
}

function probePort(host: string, port: number): Promise<string | null> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: probeTimeoutMs });
    const end = (answer: string | null) => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('connect', () => end(null));
    socket.once('timeout', () => end('nothing listens'));
    socket.once('error', (error) => end(error.message));
  });
}
