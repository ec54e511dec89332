import { setTimeout as delay } from 'node:timers/promises';
import { callDaemon, DaemonUnreachable } from '../daemon/control-client.ts';
import { type DaemonProgram, ensureDaemon } from '../daemon/ensure-daemon.ts';
import { socketPath } from '../daemon/socket-path.ts';
import type { EdgeReport, EdgeRevision, EdgeSettings, EdgeSplit } from './edge-state.ts';
import type { TrafficFigures } from './traffic-record.ts';

/** The edge of a folder. It is started when it is told something and doesn't run; only questions about traffic take it as it is. */
export interface EdgeClient {
  report(): Promise<EdgeReport>;
  putSettings(settings: EdgeSettings): Promise<EdgeReport>;
  putRevision(name: string, revision: EdgeRevision): Promise<EdgeReport>;
  removeRevision(name: string): Promise<EdgeReport>;
  putSplit(split: EdgeSplit): Promise<EdgeReport>;
  putTest(revision: string | null): Promise<EdgeReport>;
  /**
   * Resolves when no request of the revision is under way any more, or at these of its instances (`host:port`): true; or after the time:
   * false.
   */
  drained(revision: string, timeoutMs: number, addresses?: readonly string[]): Promise<boolean>;
  /** @throws DaemonUnreachable: an edge that has to be started has seen nothing */
  figures(windowMs: number, signal?: AbortSignal): Promise<Record<string, TrafficFigures>>;
}

const lookMs = 50;

export function createEdgeClient(directory: string, program: DaemonProgram): EdgeClient {
  const socket = socketPath(directory);
  async function call(method: 'GET' | 'PUT' | 'DELETE', path: string, body?: unknown): Promise<EdgeReport> {
    const request = { method, path, body };
    try {
      return (await callDaemon(socket, request)) as EdgeReport;
    } catch (error) {
      if (!(error instanceof DaemonUnreachable)) throw error;
      await ensureDaemon(directory, program);
      return (await callDaemon(socket, request)) as EdgeReport;
    }
  }
  const named = (name: string) => `/revisions/${encodeURIComponent(name)}`;
  const report = () => call('GET', '/report');
  return {
    report,
    putSettings: (settings) => call('PUT', '/settings', settings),
    putRevision: (name, revision) => call('PUT', named(name), revision),
    removeRevision: (name) => call('DELETE', named(name)),
    putSplit: (split) => call('PUT', '/split', split),
    putTest: (revision) => call('PUT', '/test', { revision }),
    async drained(revision, timeoutMs, addresses) {
      const deadline = Date.now() + timeoutMs;
      for (;;) {
        const instances = (await report()).revisions[revision]?.instances ?? [];
        const busy = instances.filter(
          ({ address, active }) => active > 0 && (addresses?.includes(address) ?? true),
        );
        if (busy.length === 0) return true;
        if (Date.now() >= deadline) return false;
        await delay(lookMs);
      }
    },
    figures: async (windowMs, signal) =>
      (await callDaemon(socket, { path: `/figures?windowMs=${windowMs}`, signal })) as Record<
        string,
        TrafficFigures
      >,
  };
}
