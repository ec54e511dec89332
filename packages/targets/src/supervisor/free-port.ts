import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';

/** Below the ports that systems give to outgoing connections, so that none of those takes a port while its process restarts. */
const firstPort = 20_000;
const ports = 10_000;
const mostTries = 200;

/** A port of the loopback that nobody has now and that isn't among `taken`. @throws when none is found */
export async function findFreePort(taken: ReadonlySet<number>): Promise<number> {
  for (let tries = 0; tries < mostTries; tries++) {
    const port = firstPort + randomInt(ports);
    if (!taken.has(port) && (await isFree(port))) return port;
  }
  throw new Error(`no free port from ${firstPort} to ${firstPort + ports - 1}`);
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  try {
    server.listen({ host: '127.0.0.1', port, exclusive: true });
    await once(server, 'listening');
    return true;
  } catch {
    return false;
  } finally {
    server.close();
  }
}
