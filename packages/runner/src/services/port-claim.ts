import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { ServiceError } from './service-error.ts';

export interface PortClaimOptions {
  /** Host ports that the workflow fixes, of all the job's services. */
  ports: number[];
  /** Who asks, for the people whose job waits for this one. */
  holder: string;
  /** How long to wait for other jobs; default 30 minutes. */
  waitMs?: number;
  log: (line: string) => void;
  signal: AbortSignal;
}

const DEFAULT_WAIT_MS = 30 * 60_000;

/**
 * Takes host ports for a job, waiting for jobs of this machine that hold them: a workflow that says `5432:5432` counts on a
 * machine of its own. All jobs take their ports in ascending order, so no two can wait for each other.
 *
 * A claim is a listening local socket named after the port. The kernel frees it when its process dies, whoever asks is
 * told the holder's name, and is woken by the closing of the connection: no file to go stale, no polling.
 * @returns what gives the ports back.
 * @throws ServiceError `port-taken` after `waitMs`, `cancelled` on abort; nothing is held then.
 */
export async function claimPorts(options: PortClaimOptions): Promise<() => void> {
  const deadline = performance.now() + (options.waitMs ?? DEFAULT_WAIT_MS);
  const claims: Claim[] = [];
  const release = () => {
    for (const claim of claims) claim.release();
  };
  try {
    for (const port of [...new Set(options.ports)].sort((a, b) => a - b)) {
      claims.push(await claimPort(port, deadline, options));
    }
    return release;
  } catch (error) {
    release();
    throw error;
  }
}

interface Claim {
  release(): void;
}

async function claimPort(port: number, deadline: number, options: PortClaimOptions): Promise<Claim> {
  let told = '';
  while (true) {
    assertNotCancelled(options.signal);
    const claim = await tryClaim(port, options.holder);
    if (claim) return claim;
    const waited = await waitForHolder(port, deadline, options.signal, (holder) => {
      if (holder !== told) options.log(waitingLine(port, holder));
      told = holder;
    });
    if (waited === 'overdue') {
      throw new ServiceError(
        'port-taken',
        `Port ${port} was not given back in time by ${told || 'another job'}. ${freePortMend(port)}`,
      );
    }
  }
}

function waitingLine(port: number, holder: string): string {
  return `Waiting for port ${port}, which ${holder} uses. ${freePortMend(port)}`;
}

function freePortMend(port: number): string {
  return `Jobs run side by side when ports: has the container's port alone ("- ${port}") and steps use job.services.<id>.ports.`;
}

async function tryClaim(port: number, holder: string): Promise<Claim | null> {
  const server = createServer();
  const waiters = new Set<Socket>();
  server.on('connection', (socket) => {
    waiters.add(socket);
    socket.unref().on('error', () => undefined);
    socket.on('close', () => waiters.delete(socket));
    socket.write(`${holder}\n`);
  });
  try {
    server.listen(claimAddress(port));
    await once(server, 'listening');
  } catch {
    return null;
  }
  server.unref();
  return { release: () => releaseClaim(server, waiters) };
}

function releaseClaim(server: Server, waiters: Set<Socket>): void {
  server.close();
  for (const socket of waiters) socket.destroy();
}

/** Resolves when the holder has let go (or may have), or `overdue` at the deadline. */
async function waitForHolder(
  port: number,
  deadline: number,
  signal: AbortSignal,
  onHolder: (holder: string) => void,
): Promise<'gone' | 'overdue'> {
  const socket = connect(claimAddress(port));
  let text = '';
  socket.setEncoding('utf8').on('data', (chunk: string) => {
    text = (text + chunk).slice(0, 200);
    const end = text.indexOf('\n');
    // Printable characters only: the other side is another process, perhaps another user's.
    if (end !== -1) onHolder(text.slice(0, end).replace(/[^\x20-\x7e]/g, ''));
  });
  const gone = new Promise<'gone'>((resolve) => {
    socket.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ECONNREFUSED') removeStaleClaim(port);
    });
    socket.on('close', () => resolve('gone'));
  });
  const timer = new AbortController();
  const stop = AbortSignal.any([signal, timer.signal]);
  const overdue = delay(Math.max(0, deadline - performance.now()), 'overdue' as const, { signal: stop });
  try {
    const outcome = await Promise.race([gone, overdue.catch(() => 'gone' as const)]);
    // Several may wait for the same port; a moment's pause spreads their next tries.
    if (outcome === 'gone' && !signal.aborted) await delay(20 + Math.random() * 30);
    return outcome;
  } finally {
    timer.abort();
    socket.destroy();
  }
}

/** Linux: the abstract namespace, which lives with the network namespace as ports do. Elsewhere: a socket file. */
function claimAddress(port: number): string {
  const name = `slipway-port-${port}`;
  return process.platform === 'linux' ? `\0${name}` : join(tmpdir(), `${name}.sock`);
}

/** A socket file that nobody listens on is left from a process that was killed. */
function removeStaleClaim(port: number): void {
  if (process.platform !== 'linux') rmSync(claimAddress(port), { force: true });
}

function assertNotCancelled(signal: AbortSignal): void {
  if (signal.aborted) throw new ServiceError('cancelled', 'Cancelled while waiting for a port.');
}
