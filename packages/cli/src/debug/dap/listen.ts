import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';

export interface Listener {
  port: number;
  /** Called with each client that speaks the protocol. */
  onClient: (client: Socket) => void;
  /** From now on the process waits for clients. */
  hold(): void;
  close(): void;
}

/**
 * Waits for editors, on loopback only: whoever is connected may look into jobs and stop them.
 * @param port 0: any that is free
 * @throws the system's error, e.g. EADDRINUSE
 */
export async function listen(port: number): Promise<Listener> {
  const clients = new Set<Socket>();
  const listener: Listener = {
    port,
    onClient: (client) => client.destroy(),
    hold: () => void server.ref(),
    close() {
      server.close();
      for (const client of clients) client.end();
    },
  };
  const server: Server = createServer((client) => {
    clients.add(client);
    client.on('close', () => clients.delete(client));
    client.on('error', () => client.destroy());
    client.once('readable', () => accept(client, listener));
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  // What fails before anything runs must not wait for an editor.
  server.unref();
  const address = server.address();
  if (typeof address === 'object' && address !== null) listener.port = address.port;
  return listener;
}

/** A page in a browser can send HTTP here, whose body would pass for a message: what does not begin as one is no editor. */
function accept(client: Socket, listener: Listener): void {
  const first = client.read() as Buffer | null;
  if (first === null) return;
  const beginning = 'content-length:'.slice(0, first.length);
  if (first.toString('latin1', 0, beginning.length).toLowerCase() !== beginning) {
    client.destroy();
    return;
  }
  client.unshift(first);
  listener.onClient(client);
}
