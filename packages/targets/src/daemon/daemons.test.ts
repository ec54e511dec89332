import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { identify, isAlive } from '../supervisor/process-tree.ts';
import { endDaemon } from '../supervisor/supervisor-client.ts';
import { callDaemon, DaemonUnreachable } from './control-client.ts';
import { ensureDaemon } from './ensure-daemon.ts';
import { becomeOnlyOne } from './only-one.ts';
import { socketPath } from './socket-path.ts';

const waiting = { timeout: 25_000, interval: 100 };
let folder: string;
let state: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'slipway-daemon-'));
  state = join(folder, 'state');
});
afterEach(async () => {
  await endDaemon(state);
  rmSync(folder, { recursive: true, force: true });
});

const program = () => ({
  file: process.execPath,
  args: [join(import.meta.dirname, '../../fixtures/daemon.mjs'), 'supervisor', '--state', state],
});
const pidOf = async () => (await callDaemon(socketPath(state), { path: '/alive' })) as number;

test('however many start a daemon at once, one runs', async () => {
  await Promise.all(Array.from({ length: 4 }, () => ensureDaemon(state, program())));
  const pid = await pidOf();
  await ensureDaemon(state, program());
  expect(await pidOf()).toBe(pid);
  expect(becomeOnlyOne(state)).toBeNull();
});

test('a daemon whose folder is removed ends, and brings nothing back', async () => {
  await ensureDaemon(state, program());
  const identity = identify(await pidOf())!;
  rmSync(state, { recursive: true });
  await vi.waitFor(() => expect(isAlive(identity)).toBe(false), waiting);
  expect(() => becomeOnlyOne(state)).toThrow(/no folder/);
});

test('a daemon that does not start is told with what it said', async () => {
  const failing = {
    file: process.execPath,
    args: ['--eval', 'console.error("no such luck"); process.exit(1)'],
  };
  await expect(ensureDaemon(state, failing)).rejects.toThrow(/no such luck/);
  await expect(pidOf()).rejects.toThrow(DaemonUnreachable);
}, 60_000);

test('a daemon that accepts and never answers is given up, and it is said what it was asked for', async () => {
  const socket = join(folder, 'silent');
  const server = createServer(() => undefined).listen(socket);
  await once(server, 'listening');
  const call = callDaemon(socket, { method: 'PUT', path: '/units', timeoutMs: 100 });
  await expect(call).rejects.toThrow(`${socket} gave no answer to PUT /units in 0.1 s`);
  server.closeAllConnections();
  server.close();
});

test('a socket has a path that the kernel takes, however long the folder’s is', () => {
  const long = join(folder, 'x'.repeat(200));
  expect(Buffer.byteLength(socketPath(long))).toBeLessThanOrEqual(100);
  expect(socketPath(long)).not.toBe(socketPath(`${long}y`));
  expect(socketPath(state)).toBe(join(state, 'socket'));
});
