import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { pipeline } from 'node:stream';

export interface RelayOptions {
  /** Of this machine: where the containers of one network reach it. */
  address: string;
  /** The port on the loopback that is behind it. */
  port: number;
  /** Ends the relay and the connections through it. */
  signal: AbortSignal;
}

/**
 * Lets the containers of a network reach one port of the host's loopback, and resolves to the port for that.
 * @throws an error of the system if the address is not this machine's: the engine is in a virtual machine or without root
 */
export async function relayLoopback({ address, port, signal }: RelayOptions): Promise<number> {
  const sockets = new Set<Socket>();
  const keep = (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  };
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (caller) => {
    const target = connect({ host: '127.0.0.1', port, allowHalfOpen: true, noDelay: true });
    keep(caller);
    keep(target);
    pipeline(caller, target, ignoreBreak);
    pipeline(target, caller, ignoreBreak);
  });
  server.listen(0, address);
  await once(server, 'listening');
  server.unref();
  const end = () => {
    server.close();
    for (const socket of sockets) socket.destroy();
  };
  if (signal.aborted) end();
  else signal.addEventListener('abort', end, { once: true });
  return (server.address() as AddressInfo).port;
}

/** Either side may break a connection; the other sees it broken. */
function ignoreBreak(): void {}
