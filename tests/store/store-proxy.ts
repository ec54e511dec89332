import type { AddressInfo } from 'node:net';
import { connect, createServer, type Socket } from 'node:net';

/** Stands between a server and its PostgreSQL, and can fall silent as a network does. */
export interface StoreProxy {
  /** Of the database, by way of the proxy. */
  url: string;
  /** From now on nothing comes through, and nothing breaks. */
  fallSilent(): void;
  close(): Promise<void>;
}

export async function startStoreProxy(url: string): Promise<StoreProxy> {
  const { hostname, port } = new URL(url);
  const sockets = new Set<Socket>();
  let isSilent = false;
  const pass = (from: Socket, to: Socket): void => {
    sockets.add(from);
    from.on('data', (piece) => void (isSilent || to.write(piece)));
    from.on('error', () => {});
    from.on('close', () => to.destroy());
  };
  const server = createServer((incoming) => {
    const outgoing = connect(Number(port), hostname);
    pass(incoming, outgoing);
    pass(outgoing, incoming);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const own = new URL(url);
  own.port = String((server.address() as AddressInfo).port);
  return {
    url: own.href,
    fallSilent() {
      isSilent = true;
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
