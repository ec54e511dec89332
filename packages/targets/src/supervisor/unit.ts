import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { failuresInARow, restartPauseMs } from './back-off.ts';
import { adopt, type Launched, launch } from './launch.ts';
import { isAlive, killTree, listMembers, signalGroup, unitVariable } from './process-tree.ts';
import { rotateLog } from './rotating-log.ts';
import { openUnitRecord, type UnitRecord } from './unit-record.ts';
import type { UnitSpec, UnitState } from './unit-spec.ts';
import { type Health, watchHealth } from './watch-health.ts';

/** A unit and the loop that keeps its process running. */
export interface Unit {
  readonly spec: UnitSpec;
  state(): UnitState;
  /** SIGTERM to all its processes, and after the time-out SIGKILL; resolves when none is left. Whoever asks again waits for the same. */
  stop(): Promise<void>;
  /** The loop ends, the process goes on: for the next supervisor. */
  leave(): void;
}

export interface UnitRoom {
  /** For the unit's file of what runs, and its log. */
  directory: string;
  /** Unique on the machine. */
  mark: string;
  findPort(): Promise<number>;
}

/** A unit as its loop sees it. */
interface Life extends UnitRoom {
  spec: UnitSpec;
  record: UnitRecord;
  log: string;
  phase: UnitState['phase'];
  failures: number;
  lastExit: UnitState['lastExit'];
  left: AbortController;
  stopping: AbortController;
  /** Of both. */
  over: AbortSignal;
}

/** Starts the unit's process, or adopts the one that an earlier supervisor has left. */
export function runUnit(spec: UnitSpec, room: UnitRoom): Unit {
  const [left, stopping] = [new AbortController(), new AbortController()];
  const record = openUnitRecord(room.directory);
  const life: Life = {
    ...room,
    spec,
    record,
    log: join(room.directory, 'output.log'),
    phase: record.running.wasReady ? { kind: 'ready' } : { kind: 'starting', trouble: null },
    failures: 0,
    lastExit: null,
    left,
    stopping,
    over: AbortSignal.any([left.signal, stopping.signal]),
  };
  const kept = keepRunning(life);
  let stopped: Promise<void> | undefined;
  return {
    spec,
    state: () => stateOf(life),
    stop() {
      stopped ??= end(life, kept);
      return stopped;
    },
    leave: () => left.abort(),
  };
}

async function keepRunning(life: Life): Promise<void> {
  while (!life.over.aborted) {
    const upSince = Date.now();
    const reason = await liveOnce(life).catch((error: Error) => error.message);
    if (life.over.aborted) return;
    if (life.lastExit?.reason !== reason) {
      life.lastExit = { code: null, signal: null, atMs: Date.now(), reason };
    }
    life.failures = failuresInARow(life.failures, Date.now() - upSince);
    const pauseMs = restartPauseMs(life.failures);
    life.phase = { kind: 'waiting', untilMs: Date.now() + pauseMs };
    await delay(pauseMs, undefined, { signal: life.over }).catch(() => undefined);
    if (!life.over.aborted) startsAgain(life);
  }
}

/** Resolves with why the process has to be started again. */
async function liveOnce(life: Life): Promise<string> {
  const { identity } = life.record.running;
  if (life.lastExit === null && identity !== null) {
    if (isAlive(identity)) return watch(life, adopt(identity, life.left.signal));
    // It ended while nobody looked after it.
    startsAgain(life);
  }
  return watch(life, await start(life));
}

function startsAgain(life: Life): void {
  life.record.note({ restarts: life.record.running.restarts + 1 });
  life.phase = { kind: 'starting', trouble: null };
}

async function start({ spec, record, mark, log, findPort }: Life): Promise<Launched> {
  const { identity, wasReady, port: before } = record.running;
  // Whatever an end left over would keep the port, or do the work twice.
  await killTree(mark, identity);
  rotateLog(log);
  // Where the edge knows it already it keeps its port.
  const port = !spec.listens ? null : wasReady && before !== null ? before : await findPort();
  const env = { ...spec.env, ...(port !== null && { PORT: String(port) }), [unitVariable]: mark };
  const args = ['-c', spec.command];
  const launched = await launch({ file: '/bin/sh', args, directory: spec.directory, env, log });
  record.note({ identity: launched.identity, port });
  return launched;
}

async function watch(life: Life, launched: Launched): Promise<string> {
  const { spec, log, record, over } = life;
  const watching = new AbortController();
  const signal = AbortSignal.any([watching.signal, over]);
  const startsReady = life.phase.kind === 'ready';
  const ailing = watchHealth({ spec, port: record.running.port, startsReady, signal, log }, (health) =>
    heed(life, health),
  );
  const exited = launched.exited.then(({ code, signal: by }) => {
    const reason = by ? `ended by ${by}` : `ended with ${code ?? 'an unknown status'}`;
    life.lastExit = { code, signal: by, atMs: Date.now(), reason };
    return reason;
  });
  const isOver = new Promise<string>((resolve) => {
    if (over.aborted) resolve('told to end');
    signal.addEventListener('abort', () => resolve('told to end'), { once: true });
  });
  const reason = await Promise.race([exited, ailing, isOver]);
  watching.abort();
  return reason;
}

function heed(life: Life, health: Health): void {
  if (life.stopping.signal.aborted) return;
  if (health.kind === 'ready' && !life.record.running.wasReady) life.record.note({ wasReady: true });
  life.phase = health;
}

async function end(life: Life, kept: Promise<void>): Promise<void> {
  const { mark, spec, record, stopping } = life;
  stopping.abort();
  life.phase = { kind: 'stopping' };
  await kept;
  const { identity } = record.running;
  const deadline = Date.now() + spec.stopTimeoutMs;
  if (identity && isAlive(identity)) signalGroup(identity.pid, 'SIGTERM');
  while (Date.now() < deadline && listMembers(mark, identity).length > 0) await delay(50);
  await killTree(mark, identity);
}

function stateOf({ spec, phase, record, failures, lastExit }: Life): UnitState {
  const { id, revision, component, digest } = spec;
  const { port, identity, restarts } = record.running;
  return {
    id,
    revision,
    component,
    digest,
    phase,
    port,
    pid: identity?.pid ?? null,
    restarts,
    failures,
    lastExit,
  };
}
