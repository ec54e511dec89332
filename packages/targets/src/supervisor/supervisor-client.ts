import { setTimeout as delay } from 'node:timers/promises';
import { callDaemon, DaemonRefusal, DaemonUnreachable } from '../daemon/control-client.ts';
import { type DaemonProgram, ensureDaemon } from '../daemon/ensure-daemon.ts';
import { socketPath } from '../daemon/socket-path.ts';
import type { Companion } from './companions.ts';
import type { OneOffSpec, OneOffState } from './one-off-spec.ts';
import type { UnitSpec, UnitState } from './unit-spec.ts';

/** The supervisor of a folder, started when something is to run and nobody answers. */
export interface SupervisorClient {
  ensureUnit(spec: UnitSpec): Promise<void>;
  removeUnit(id: string): Promise<void>;
  units(): Promise<UnitState[]>;
  beginOneOff(
    spec: OneOffSpec,
  ): Promise<{ kind: 'known'; state: OneOffState } | { kind: 'busy'; message: string }>;
  /** null: it has never begun. */
  oneOff(token: string): Promise<OneOffState | null>;
  /** Tokens that begin with the prefix, in the order of their names. */
  oneOffsOf(prefix: string): Promise<string[]>;
  /** One that has not begun never will. */
  stopOneOff(token: string, reason: string): Promise<OneOffState>;
  /** Has it keep another daemon running. */
  keepCompanion(companion: Companion): Promise<void>;
  /** null: there is none. */
  log(kind: 'unit' | 'one-off', id: string): Promise<string | null>;
  /** Ends all processes and the supervisor itself. */
  end(): Promise<void>;
}

/** Ending a unit takes as long as its stop time-out, which its author chooses. */
const longestStopMs = 15 * 60_000;

export function createSupervisorClient(directory: string, program: DaemonProgram): SupervisorClient {
  const socket = socketPath(directory);
  const call: typeof callDaemon = async (_, request) => {
    try {
      return await callDaemon(socket, request);
    } catch (error) {
      if (!(error instanceof DaemonUnreachable)) throw error;
      await ensureDaemon(directory, program);
      return callDaemon(socket, request);
    }
  };
  const orNull = (error: unknown): null => {
    if (error instanceof DaemonRefusal && error.status === 404) return null;
    throw error;
  };
  const named = (room: string, id: string) => `/${room}/${encodeURIComponent(id)}`;
  return {
    async ensureUnit(spec) {
      await call(socket, { method: 'PUT', path: '/units', body: spec });
    },
    async removeUnit(id) {
      await call(socket, { method: 'DELETE', path: named('units', id), timeoutMs: longestStopMs });
    },
    units: async () => (await call(socket, { path: '/units' })) as UnitState[],
    async beginOneOff(spec) {
      try {
        const state = (await call(socket, { method: 'PUT', path: '/one-offs', body: spec })) as OneOffState;
        return { kind: 'known', state };
      } catch (error) {
        if (!(error instanceof DaemonRefusal) || error.status !== 409) throw error;
        return { kind: 'busy', message: error.message };
      }
    },
    oneOff: (token) =>
      call(socket, { path: named('one-offs', token) }).catch(orNull) as Promise<OneOffState | null>,
    async oneOffsOf(prefix) {
      return (await call(socket, { path: `/one-offs?prefix=${encodeURIComponent(prefix)}` })) as string[];
    },
    async stopOneOff(token, reason) {
      const path = `${named('one-offs', token)}?reason=${encodeURIComponent(reason)}`;
      return (await call(socket, { method: 'DELETE', path, timeoutMs: longestStopMs })) as OneOffState;
    },
    async keepCompanion(companion) {
      await call(socket, { method: 'PUT', path: '/companions', body: companion });
    },
    log: (kind, id) =>
      call(socket, { path: named(`logs/${kind}`, id) }).catch(orNull) as Promise<string | null>,
    async end() {
      await endDaemon(directory);
    },
  };
}

/** Ends a daemon with all that it looks after, if it runs; resolves when it is gone. */
export async function endDaemon(directory: string): Promise<void> {
  const socket = socketPath(directory);
  try {
    await callDaemon(socket, { method: 'POST', path: '/end' });
    for (;;) {
      await callDaemon(socket, { path: '/alive', timeoutMs: longestStopMs });
      await delay(50);
    }
  } catch (error) {
    if (!(error instanceof DaemonUnreachable)) throw error;
  }
}
