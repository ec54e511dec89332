import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { networkInterfaces } from 'node:os';
import { findPortHolder } from '../../machine/port-holder.ts';
import { ServiceError } from '../service-error.ts';

/** Where a service listens: the loopback addresses that `localhost` may mean on this machine. */
export function loopbackAddresses(): string[] {
  const hasIpv6 = Object.values(networkInterfaces()).some((addresses) =>
    addresses?.some(({ internal, family }) => internal && family === 'IPv6'),
  );
  return hasIpv6 ? ['127.0.0.1', '::1'] : ['127.0.0.1'];
}

/** A port that was free on all loopback addresses a moment ago. */
export async function findFreePort(): Promise<number> {
  for (let attempt = 0; attempt < 20; attempt += 1) {
    const port = await bindOnce('127.0.0.1', 0);
    if (typeof port === 'number' && (await isFree(port))) return port;
  }
  throw new ServiceError('start-failed', 'No free port was found on the loopback addresses.');
}

/**
 * @throws ServiceError `port-taken` that names who holds the port, as far as the machine tells.
 */
export async function assertPortFree(port: number, serviceId: string): Promise<void> {
  if (await isFree(port)) return;
  if (port < 1024 && !(await isListening(port))) {
    throw new ServiceError(
      'port-taken',
      `Service ${serviceId} wants port ${port}, which only root may open here.`,
    );
  }
  const holder = await findPortHolder(port);
  throw new ServiceError(
    'port-taken',
    `Service ${serviceId} wants port ${port}, which ${holder ?? 'another process of this machine'} holds. ` +
      `Stop it, or write "- <port>" alone under ports: and use \${{ job.services.${serviceId}.ports['<port>'] }}.`,
  );
}

async function isFree(port: number): Promise<boolean> {
  // A server on the wildcard address does not everywhere forbid to bind the loopback, so ask both ways.
  if (await isListening(port)) return false;
  for (const address of loopbackAddresses()) {
    if ((await bindOnce(address, port)) === null) return false;
  }
  return true;
}

/** Whether anything accepts connections on this port of the loopback. */
export async function isListening(port: number): Promise<boolean> {
  const answers = await Promise.all(loopbackAddresses().map((address) => accepts(address, port)));
  return answers.includes(true);
}

async function accepts(host: string, port: number): Promise<boolean> {
  const socket = connect({ host, port });
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

/** The port bound and let go again, or null if it can't be had. */
async function bindOnce(host: string, port: number): Promise<number | null> {
  const server = createServer();
  try {
    server.listen({ host, port, exclusive: true });
    await once(server, 'listening');
    return (server.address() as { port: number }).port;
  } catch {
    return null;
  } finally {
    if (server.listening) {
      server.close();
      await once(server, 'close');
    }
  }
}
