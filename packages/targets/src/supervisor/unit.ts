import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { readJson, writeDurably } from '../daemon/durable-file.ts';
import { failuresInARow, restartPauseMs } from './back-off.ts';
import { adopt, type Launched, launch } from './launch.ts';
import {
  isAlive,
  killTree,
  listMembers,
  type ProcessIdentity,
  signalGroup,
  unitVariable,
} from './process-tree.ts';
import { rotateLog } from './rotating-log.ts';
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

/** What survives the supervisor. */
interface Running {
  identity: ProcessIdentity | null;
  port: number | null;
  restarts: number;
  wasReady: boolean;
}

/** Starts the unit's process, or adopts the one that an earlier supervisor has left. */
export function runUnit(spec: UnitSpec, { directory, mark, findPort }: UnitRoom): Unit {
  const file = join(directory, 'running.json');
  const log = join(directory, 'output.log');
  const left = new AbortController();
  const stopping = new AbortController();
  const aborted = new Promise<string>((resolve) => {
    for (const { signal } of [left, stopping]) signal.addEventListener('abort', () => resolve('told to end'));
  });
  let running = (readJson(file) as Running | undefined) ?? {
    identity: null,
    port: null,
    restarts: 0,
    wasReady: false,
  };
  const { wasReady } = running;
  let phase: UnitState['phase'] = wasReady ? { kind: 'ready' } : { kind: 'starting', trouble: null };
  let failures = 0;
  let lastExit: UnitState['lastExit'] = null;
  let stopped: Promise<void> | undefined;

  const note = (change: Partial<Running>): void => {
    running = { ...running, ...change };
    writeDurably(file, running);
  };
  const heed = (health: Health): void => {
    if (stopping.signal.aborted) return;
    if (health.kind === 'ready' && !running.wasReady) note({ wasReady: true });
    phase = health;
  };

  async function start(): Promise<Launched> {
    // Whatever an end left over would keep the port, or do the work twice.
    await killTree(mark, running.identity);
    rotateLog(log);
    // Where the edge knows it already it keeps its port.
    const port = !spec.listens
      ? null
      : running.wasReady && running.port !== null
        ? running.port
        : await findPort();
    const env = { ...spec.env, ...(port !== null && { PORT: String(port) }), [unitVariable]: mark };
    const launched = await launch({
      file: '/bin/sh',
      args: ['-c', spec.command],
      directory: spec.directory,
      env,
      log,
    });
    note({ identity: launched.identity, port });
    return launched;
  }

  async function live(launched: Launched): Promise<string> {
    const watching = new AbortController();
    const signal = AbortSignal.any([watching.signal, left.signal, stopping.signal]);
    const given = watchHealth(
      { spec, port: running.port, startsReady: phase.kind === 'ready', signal, log },
      heed,
    );
    const exit = launched.exited.then(({ code, signal: by }) => {
      lastExit = {
        code,
        signal: by,
        atMs: Date.now(),
        reason: by ? `ended by ${by}` : `ended with ${code ?? 'an unknown status'}`,
      };
      return lastExit.reason;
    });
    const reason = await Promise.race([exit, given, aborted]);
    watching.abort();
    return reason;
  }

  async function loop(): Promise<void> {
    while (!left.signal.aborted && !stopping.signal.aborted) {
      const upSince = Date.now();
      const reason = await once().catch((error: Error) => error.message);
      if (left.signal.aborted || stopping.signal.aborted) return;
      if (lastExit?.reason !== reason) lastExit = { code: null, signal: null, atMs: Date.now(), reason };
      failures = failuresInARow(failures, Date.now() - upSince);
      const pauseMs = restartPauseMs(failures);
      phase = { kind: 'waiting', untilMs: Date.now() + pauseMs };
      await delay(pauseMs, undefined, { signal: AbortSignal.any([left.signal, stopping.signal]) }).catch(
        () => undefined,
      );
      if (left.signal.aborted || stopping.signal.aborted) return;
      note({ restarts: running.restarts + 1 });
      phase = { kind: 'starting', trouble: null };
    }
  }

  async function once(): Promise<string> {
    const { identity } = running;
    if (lastExit === null && identity !== null) {
      if (isAlive(identity)) return live(adopt(identity, left.signal));
      // It ended while nobody looked after it.
      note({ restarts: running.restarts + 1 });
      phase = { kind: 'starting', trouble: null };
    }
    return live(await start());
  }

  async function end(): Promise<void> {
    stopping.abort();
    phase = { kind: 'stopping' };
    await looped;
    const { identity } = running;
    const deadline = Date.now() + spec.stopTimeoutMs;
    if (identity && isAlive(identity)) signalGroup(identity.pid, 'SIGTERM');
    while (Date.now() < deadline && listMembers(mark, identity).length > 0) await delay(50);
    await killTree(mark, identity);
  }

  const looped = loop();
  return {
    spec,
    state: () => ({
      id: spec.id,
      revision: spec.revision,
      component: spec.component,
      digest: spec.digest,
      phase,
      port: running.port,
      pid: running.identity?.pid ?? null,
      restarts: running.restarts,
      failures,
      lastExit,
    }),
    stop: () => (stopped ??= end()),
    leave: () => left.abort(),
  };
}
