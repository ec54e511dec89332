import type { IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Forwarding } from './forward-request.ts';
import { upgradeHeaders } from './forwarded-headers.ts';
import type { Instance } from './instance.ts';
import type { Choice, Miss } from './routing.ts';

/** Passes on a request for another protocol (WebSocket), and then everything in both directions, as it comes. */
export function forwardUpgrade(
  request: IncomingMessage,
  client: Duplex,
  { head, forwarding: { routing, metrics, from } }: { head: Buffer; forwarding: Forwarding },
): void {
  client.on('error', () => client.destroy());
  const startedAt = performance.now();
  const failed = new Set<Instance>();
  const letThrough = holdBack(client, head);
  dial(routing.choose(request, from));

  function dial(choice: Choice | Miss): void {
    if (choice.missed !== null) metrics.record(choice.missed, { status: null, durationMs: 0 });
    if (choice.instance === null) {
      refuse(client, failed.size === 0 ? '503 Service Unavailable' : '502 Bad Gateway');
      return;
    }
    const { instance, revision } = choice;
    const record = (status: number | null) =>
      metrics.record(revision, { status, durationMs: performance.now() - startedAt });
    let status: number | null = null;
    let isConnected = false;
    instance.active += 1;
    const upstream = connect({ host: instance.host, port: instance.port }, () => {
      isConnected = true;
      upstream.write(headOf(request));
    });
    upstream.setNoDelay(true);
    upstream.once('data', (chunk: Buffer) => {
      status = Number(/^HTTP\/1\.1 (\d{3})/.exec(chunk.toString('latin1', 0, 12))?.[1] ?? 502);
      record(status);
      client.write(chunk);
      upstream.pipe(client);
      if (status === 101) letThrough(upstream);
    });
    upstream.on('error', () => upstream.destroy());
    upstream.once('close', () => {
      instance.active -= 1;
      if (isConnected) {
        if (status === null) record(null);
        client.destroy();
      } else if (!client.destroyed) {
        // Its checks will say when it is back.
        instance.isUp = false;
        failed.add(instance);
        dial(routing.choose(request, from, { revision, failed }));
      }
    });
    client.once('end', () => upstream.end());
    client.once('close', () => upstream.destroy());
  }
}

/**
 * Until it is another protocol, what a client sends would be a request past the edge. It is read all the same, so that its end is noticed.
 * @returns what lets it through from now on
 */
function holdBack(client: Duplex, head: Buffer): (upstream: Duplex) => void {
  const early = [head];
  const hold = (chunk: Buffer): void => {
    early.push(chunk);
    client.pause();
  };
  client.on('data', hold);
  return (upstream) => {
    client.off('data', hold);
    upstream.write(Buffer.concat(early));
    client.pipe(upstream);
  };
}

function refuse(client: Duplex, status: string): void {
  client.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}

/** Node's parser has taken it apart, so that no value holds a line break. */
function headOf(request: IncomingMessage): string {
  const headers = upgradeHeaders(request);
  let text = `${request.method} ${request.url} HTTP/1.1\r\n`;
  for (let i = 0; i < headers.length; i += 2) text += `${headers[i]}: ${headers[i + 1]}\r\n`;
  return `${text}\r\n`;
}
