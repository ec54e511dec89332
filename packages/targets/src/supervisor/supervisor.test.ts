import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { get } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { callDaemon } from '../daemon/control-client.ts';
import { socketPath } from '../daemon/socket-path.ts';
import { identify, isAlive } from './process-tree.ts';
import { createSupervisorClient, type SupervisorClient } from './supervisor-client.ts';
import type { UnitSpec, UnitState } from './unit-spec.ts';

const fixtures = join(import.meta.dirname, '../../fixtures');
const waiting = { timeout: 25_000, interval: 50 };

let folder: string;
let client: SupervisorClient;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'slipway-supervisor-'));
  client = open();
});
afterEach(async () => {
  await client.end();
  rmSync(folder, { recursive: true, force: true });
});

function open(): SupervisorClient {
  const args = [join(fixtures, 'daemon.mjs'), 'supervisor', '--state', join(folder, 'state')];
  return createSupervisorClient(join(folder, 'state'), { file: process.execPath, args });
}

function unit(change: Partial<UnitSpec> = {}): UnitSpec {
  return {
    id: 'r1.api.1',
    revision: 'r1',
    component: 'api',
    digest: 'sha256:0',
    command: `${process.execPath} ${join(fixtures, 'service.mjs')}`,
    directory: folder,
    env: { PATH: process.env.PATH ?? '', REVISION: 'r1' },
    listens: true,
    ready: '/ready',
    live: '/health',
    checkEveryMs: 200,
    stopTimeoutMs: 5_000,
    ...change,
  };
}

const stateOf = async (): Promise<UnitState> => (await client.units())[0] as UnitState;
const ready = () =>
  vi.waitFor(async () => expect((await stateOf()).phase).toEqual({ kind: 'ready' }), waiting);

async function killSupervisor(): Promise<void> {
  const pid = (await callDaemon(socketPath(join(folder, 'state')), { path: '/alive' })) as number;
  const identity = identify(pid)!;
  process.kill(pid, 'SIGKILL');
  await vi.waitFor(() => expect(isAlive(identity)).toBe(false), waiting);
}

test('a process is started, checked, and ended with all that it has started', async () => {
  const helper = 'sleep 600 & echo $! > helper';
  await client.ensureUnit(unit({ command: `${helper}; exec ${unit().command}` }));
  await ready();
  const { pid } = await stateOf();
  const [service, sleeper] = [pid!, Number(readFileSync(join(folder, 'helper'), 'utf8'))].map(
    (one) => identify(one)!,
  );
  await client.removeUnit('r1.api.1');
  expect([service, sleeper].map((one) => isAlive(one!))).toEqual([false, false]);
  expect(await client.units()).toEqual([]);
});

test('a process that crashes is started again on its port, and counted', async () => {
  await client.ensureUnit(unit());
  await ready();
  const before = await stateOf();
  get({ port: before.port!, path: '/crash' }).on('error', () => undefined);
  await vi.waitFor(async () => expect((await stateOf()).restarts).toBe(1), waiting);
  await ready();
  const after = await stateOf();
  expect(after).toMatchObject({ port: before.port, lastExit: { code: 7, reason: 'ended with 7' } });
  expect(after.pid).not.toBe(before.pid);
});

test('a process is started again though nothing can be written down about it', async () => {
  await client.ensureUnit(unit());
  await ready();
  const { port } = await stateOf();
  // As on a full disk: its record can't be replaced.
  const record = join(folder, 'state/units/r1.api.1/running.json');
  rmSync(record);
  mkdirSync(join(record, 'in-the-way'), { recursive: true });
  get({ port: port!, path: '/crash' }).on('error', () => undefined);
  await vi.waitFor(async () => expect((await stateOf()).restarts).toBe(1), waiting);
  await ready();
  expect(await stateOf()).toMatchObject({ port, restarts: 1 });
});

test('a process that stops answering its checks is started again', async () => {
  await client.ensureUnit(unit());
  await ready();
  writeFileSync(join(folder, 'unwell-r1'), '');
  await vi.waitFor(async () => expect((await stateOf()).lastExit?.reason).toMatch(/checks.*503/), waiting);
  rmSync(join(folder, 'unwell-r1'));
  await ready();
  expect((await stateOf()).restarts).toBe(1);
});

test('one that ends at once is started more and more seldom', async () => {
  await client.ensureUnit(unit({ env: { ...unit().env, BREAK: 'start' } }));
  await vi.waitFor(async () => expect((await stateOf()).failures).toBeGreaterThanOrEqual(3), waiting);
  const { phase, lastExit } = await stateOf();
  expect(lastExit).toMatchObject({ code: 3 });
  if (phase.kind === 'waiting') expect(phase.untilMs - lastExit!.atMs).toBeGreaterThanOrEqual(1_900);
});

test('a supervisor that was killed is followed by one that adopts its processes', async () => {
  await client.ensureUnit(unit());
  await ready();
  const before = await stateOf();
  await killSupervisor();
  expect(isAlive(identify(before.pid!)!)).toBe(true);
  client = open();
  await ready();
  expect(await stateOf()).toEqual(before);
  get({ port: before.port!, path: '/crash' }).on('error', () => undefined);
  await vi.waitFor(async () => expect((await stateOf()).restarts).toBe(1), waiting);
  await ready();
});

const oneOff = (command: string, token = 'd1.migrate') => ({
  token,
  group: 'migration',
  command,
  directory: folder,
  env: { PATH: process.env.PATH ?? '' },
  timeoutMs: 20_000,
});
const ended = (token = 'd1.migrate') =>
  vi.waitFor(async () => {
    const state = await client.oneOff(token);
    expect(state?.kind).toBe('ended');
    return state;
  }, waiting);

test('a one-off runs once for its token, however often it is asked for', async () => {
  const command = 'echo ran >> ran; echo said; exit 4';
  await Promise.all([client.beginOneOff(oneOff(command)), client.beginOneOff(oneOff(command))]);
  expect(await ended()).toMatchObject({ exitCode: 4 });
  expect(await client.beginOneOff(oneOff(command))).toMatchObject({ kind: 'known', state: { exitCode: 4 } });
  expect(readFileSync(join(folder, 'ran'), 'utf8')).toBe('ran\n');
  expect(await client.log('one-off', 'd1.migrate')).toBe('said\n');
});

test('of a group one runs at a time', async () => {
  await client.beginOneOff(oneOff('sleep 600'));
  expect(await client.beginOneOff(oneOff('true', 'd2.migrate'))).toMatchObject({ kind: 'busy' });
  expect(await client.stopOneOff('d1.migrate', 'a person stopped it')).toMatchObject({
    exitCode: null,
    reason: 'a person stopped it',
  });
  expect(await client.beginOneOff(oneOff('true', 'd2.migrate'))).toMatchObject({ kind: 'known' });
});

test('the exit status of a one-off is known though its supervisor was killed while it ran', async () => {
  await client.beginOneOff(oneOff('echo ran >> ran; until [ -e go ]; do sleep 0.05; done; exit 5'));
  await vi.waitFor(() => readFileSync(join(folder, 'ran')), waiting);
  await killSupervisor();
  writeFileSync(join(folder, 'go'), '');
  client = open();
  expect(await ended()).toMatchObject({ exitCode: 5 });
  expect(readFileSync(join(folder, 'ran'), 'utf8')).toBe('ran\n');
});

test('a one-off that was killed or takes too long has no exit status', async () => {
  await client.beginOneOff({ ...oneOff('sleep 600'), timeoutMs: 300 });
  expect(await ended()).toMatchObject({ exitCode: null, reason: 'it was ended after 300 ms' });
  await client.beginOneOff(oneOff('kill -9 $PPID; kill -9 $$', 'd2.migrate'));
  expect(await ended('d2.migrate')).toMatchObject({ exitCode: null });
});

test('what is stopped before it has begun never begins, the next supervisor knows it too', async () => {
  const spec = {
    token: 'later',
    group: null,
    command: 'touch ran',
    directory: folder,
    env: { PATH: process.env.PATH ?? '' },
    timeoutMs: 60_000,
  };
  const ended = { kind: 'ended', exitCode: null, reason: 'nobody wants it' };
  expect(await client.stopOneOff('later', 'nobody wants it')).toMatchObject(ended);
  await killSupervisor();
  expect(await client.beginOneOff(spec)).toMatchObject({ kind: 'known', state: ended });
  await killSupervisor();
  expect(await client.oneOff('later')).toMatchObject(ended);
  expect(existsSync(join(folder, 'ran'))).toBe(false);
});
