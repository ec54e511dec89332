import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createEdgeMetrics, type EdgeMetrics } from './edge-metrics.ts';
import type { EdgeReport, EdgeState } from './edge-state.ts';
import { type Forwarding, forwardRequest } from './forward-request.ts';
import { forwardUpgrade } from './forward-upgrade.ts';
import { createRouting, type Routing } from './routing.ts';

/** Splits traffic between revisions. */
export interface Edge {
  /**
   * From now on all goes by this state; what is under way ends as it began.
   * @returns the state with the ports that were chosen
   * @throws when it can't listen
   */
  apply(state: EdgeState): Promise<EdgeState>;
  report(): EdgeReport;
  readonly metrics: EdgeMetrics;
  close(): void;
}

type Listener = 'production' | 'test' | 'metrics';

/** Longer than that of the proxies and balancers that usually stand in front: the one in front must be the first to close. */
const keepAliveMs = 75_000;

export function createEdge(): Edge {
  const routing = createRouting();
  const servers = new Map<Listener, { server: Server; host: string; port: number }>();
  let state: EdgeState | undefined;
  const metrics = createEdgeMetrics(() => gauges(state, routing));

  async function listen(listener: Listener, { host, port }: { host: string; port: number }): Promise<number> {
    const before = servers.get(listener);
    if (before?.host === host && before.port === port) return port;
    const server = listener === 'metrics' ? metricsServer(metrics) : trafficServer(forwardingOf(listener));
    // No second address is given on a port as long as the first one is held.
    if (before?.port === port) before.server.close();
    try {
      server.listen({ host, port });
      await once(server, 'listening');
    } catch (error) {
      if (before?.port === port) {
        before.server.listen({ host: before.host, port });
        await once(before.server, 'listening');
      }
      throw error;
    }
    before?.server.close();
    before?.server.closeIdleConnections();
    const chosen = (server.address() as AddressInfo).port;
    servers.set(listener, { server, host, port: chosen });
    return chosen;
  }

  function forwardingOf(from: 'production' | 'test'): () => Forwarding {
    let forwarding: Forwarding = { routing, metrics, from, stickyCookie: null };
    return () => {
      const stickyCookie = state?.settings?.stickyCookie ?? null;
      if (stickyCookie !== forwarding.stickyCookie) forwarding = { ...forwarding, stickyCookie };
      return forwarding;
    };
  }

  return {
    metrics,
    async apply(next) {
      let { settings } = next;
      if (settings) {
        const [production, test, scraped] = [
          await listen('production', settings.production),
          await listen('test', settings.test),
          await listen('metrics', settings.metrics),
        ];
        settings = {
          ...settings,
          production: { ...settings.production, port: production },
          test: { ...settings.test, port: test },
          metrics: { ...settings.metrics, port: scraped },
        };
      }
      for (const name of Object.keys(state?.revisions ?? {})) {
        if (!next.revisions[name]) metrics.forget(name);
      }
      state = { ...next, settings };
      routing.update(state);
      return state;
    },
    report: () => reportOf(state, routing),
    close() {
      for (const { server } of servers.values()) {
        server.close();
        server.closeAllConnections();
      }
      routing.close();
    },
  };
}

function trafficServer(forwarding: () => Forwarding): Server {
  const options = {
    keepAliveTimeout: keepAliveMs,
    requestTimeout: 0,
    // Another protocol than WebSocket (h2c) would open a way past the edge: it is asked for in vain, as RFC 9110 allows.
    shouldUpgradeCallback: ({ headers }: IncomingMessage) => headers.upgrade?.toLowerCase() === 'websocket',
  };
  const server = createServer(options, (request, response) => {
    forwardRequest(request, response, forwarding());
  });
  server.on('upgrade', (request, socket, head) => {
    forwardUpgrade(request, socket, { head, forwarding: forwarding() });
  });
  return server;
}

function metricsServer(metrics: EdgeMetrics): Server {
  return createServer((request, response) => {
    if (request.url !== '/metrics') {
      response.writeHead(404).end();
      return;
    }
    void metrics.text().then((text) => {
      response.writeHead(200, { 'Content-Type': 'text/plain; version=0.0.4; charset=utf-8' }).end(text);
    });
  });
}

function reportOf(state: EdgeState | undefined, routing: Routing): EdgeReport {
  const names = new Set([...Object.keys(state?.revisions ?? {}), ...Object.keys(state?.split ?? {})]);
  const revisions = [...names].sort().map((name) => {
    const instances = routing.instancesOf(name).map(({ host, port, isUp, isLeaving, active }) => ({
      address: `${host}:${port}`,
      isUp,
      isLeaving,
      active,
    }));
    const active = instances.reduce((sum, instance) => sum + instance.active, 0);
    return [name, { weight: state?.split[name] ?? 0, active, instances }] as const;
  });
  const settings = state?.settings;
  return {
    revisions: Object.fromEntries(revisions),
    test: state?.test ?? null,
    listens: settings
      ? { production: settings.production.port, test: settings.test.port, metrics: settings.metrics.port }
      : null,
  };
}

function gauges(state: EdgeState | undefined, routing: Routing) {
  const { revisions } = reportOf(state, routing);
  return Object.fromEntries(
    Object.entries(revisions).map(([name, { weight, active, instances }]) => [
      name,
      { weight, active, up: instances.filter(({ isUp }) => isUp).length },
    ]),
  );
}
